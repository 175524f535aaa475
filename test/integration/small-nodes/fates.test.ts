import { setTimeout as pause } from 'node:timers/promises';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { failRoute, freshCollector, p99Ratio, startFlow, stopFlow, watchMemory } from '../../../helpers/index.ts';
import type { FateKind, MemoryLine, Platform, Tenant } from '../../../helpers/index.ts';
import { get } from '../../../src/clusters/kube-api.ts';
import { proxyGet } from '../../../src/clusters/kubernetes.ts';
import { gateControlPort } from '../../../src/components/gate/manifests.ts';
import { findByEnvironment, runVariable } from '../../../src/processes/proc.ts';
import { timing } from '../../../suites/small-node-oom/timing.ts';
import { note, onPlatform, signal } from '../tenants/platform.ts';
import type { PlatformOptions } from '../tenants/platform.ts';

const windows = timing.incident;
const everyMs = 50;

/** SN-1's platform, and beside it a node whose kubelet evicts as soon as half of its memory is taken. */
const nodes = {
  claim: 'SN-1', provider: 'embedded', spec: (own) => ({ ...own, nodes: 4, nodeSizes: { ...own.nodeSizes, 'node-4': { memoryMiB: 2048, evictionMiB: 1000, othersMiB: 300 } } }),
} as const satisfies PlatformOptions;

/** Slow enough for a kubelet that looks every ten seconds. */
const slowFlood = { ...windows.flood, ratePerSecond: 6000, seconds: 60 };
/** Until a node whose kubelet says nothing is no longer Ready: 50 s and what the controller takes. */
const trickle = { ...windows.flood, ratePerSecond: 100, seconds: 100 };

test('ends are told apart, and a node that is driven to death leaves the latency and the memory of its neighbours alone', { timeout: 10 * 60_000 }, async () => {
  await onPlatform(async (platform, tenant) => {
    const survives = await beside(platform, () => driven(platform, tenant, 'node-3', windows.flood));
    const dies = await beside(platform, () => driven(platform, tenant, 'node-2', windows.flood));
    expect(['survived', 'refusing'] satisfies FateKind[]).toContain(survives.line.fate.kind);
    expect(dies.line.fate.kind).toBe('node-limit');
    // The same load takes the same cores in both: what is more in the second is the dying.
    for (const whose of ['pod', 'kubelet'] as const) {
      const ratio = p99Ratio(bySecond(survives[whose]), bySecond(dies[whose]));
      expect(ratio.low, `${whose}: ${JSON.stringify(ratio)}`).toBeLessThan(1.5);
    }
    expect(Math.min(...dies.line.looks.map(({ hostFreeMiB }) => hostFreeMiB))).toBeGreaterThan(2048);

    expect((await driven(platform, tenant, 'node-4', slowFlood)).fate.kind).toBe('evicted');
    expect((await driven(platform, tenant, 'node-3', trickle, () => stopKubelet(platform.runId, 'node-3'))).fate.kind).toBe('node-silent');
  }, nodes);
});

/** What a busy machine delays it delays for a while: the seconds are the witnesses, not the answers. */
function bySecond(latencies: readonly number[]): readonly (readonly number[])[] {
  return Object.values(Object.groupBy(latencies, (_, index) => String(Math.floor((index * everyMs) / 1000)))).map((second) => second ?? []);
}

/** @param first done once the collector runs */
async function driven(platform: Platform, tenant: Tenant, node: string, flood: typeof windows.flood, first?: () => Promise<void>): Promise<MemoryLine> {
  // As in the incident's first face. The nodes that it does not kill have not unpacked the program yet, whose pages do not matter there.
  const collector = await freshCollector(platform, tenant, node, { probes: true, ...(node === 'node-2' ? { pageCache: 'outside' } : {}) }, { signal, note });
  await first?.();
  await failRoute(platform, tenant, 'tempo', { mode: 'refuse', seconds: flood.seconds + windows.tailSeconds }, signal);
  const flow = await startFlow(platform, tenant, { name: `${tenant.id}-${node}-${flood.ratePerSecond}`, signal: 'traces', via: 'collector', ...flood }, signal);
  const line = await watchMemory(tenant, collector, flow, { timeoutMs: (flood.seconds + windows.boundSeconds) * 1000, tailMs: windows.tailSeconds * 1000, signal, note });
  await stopFlow(flow, signal);
  return line;
}

/** Milliseconds that a pod of the first node, and the kubelet of the third, took to answer meanwhile. */
async function beside(platform: Platform, work: () => Promise<MemoryLine>): Promise<{ readonly line: MemoryLine; readonly pod: readonly number[]; readonly kubelet: readonly number[] }> {
  const { gate, client } = platform;
  if (!gate) throw new Error('this platform has no gate');
  const over = new AbortController();
  const [pod, kubelet]: [number[], number[]] = [[], []];
  const asked = (async () => {
    while (!over.signal.aborted) {
      await Promise.all([
        timed(pod, () => proxyGet(gate.client, gate.namespace, 'service', 'gate', gateControlPort, '/healthz')),
        timed(kubelet, () => get(client, '/api/v1/nodes/node-3/proxy/healthz', {})),
        pause(everyMs),
      ]);
    }
  })();
  const line = await work().finally(() => over.abort());
  await asked;
  return { line, pod, kubelet };
}

async function timed(to: number[], ask: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await ask();
  to.push(performance.now() - start);
}

/** As a kubelet is that gets no memory: there, and silent. */
async function stopKubelet(runId: string, node: string): Promise<void> {
  const marked = await findByEnvironment(runVariable, runId);
  const commands = await Promise.all(marked.map(async ({ pid }) => ({ pid, command: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })));
  const kubelet = commands.filter(({ command }) => command.includes('\0kubelet\0') && command.includes(`--hostname-override=${node}\0`) && !command.startsWith('nsenter'));
  if (kubelet.length === 0) throw new Error(`no kubelet of ${node}`);
  for (const { pid } of kubelet) process.kill(pid, 'SIGSTOP');
}
