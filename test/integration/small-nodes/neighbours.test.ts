import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failRoute, freshCollector, quantile, startFlow, stopFlow, watchMemory } from '../../../helpers/index.ts';
import type { MemoryLine, Platform, Tenant } from '../../../helpers/index.ts';
import { get } from '../../../src/clusters/kube-api.ts';
import { proxyGet } from '../../../src/clusters/kubernetes.ts';
import { gateControlPort } from '../../../src/components/gate/manifests.ts';
import { timing } from '../../../suites/small-node-oom/timing.ts';
import { note, onPlatform, signal } from '../tenants/platform.ts';

const windows = timing.incident;
const everyMs = 50;

/** Milliseconds that a pod of the first node, and the kubelet of the third, took to answer. */
interface Neighbours {
  readonly pod: number[];
  readonly kubelet: number[];
}

test('a node that is driven to death leaves the latency and the memory of its neighbours alone', { timeout: 10 * 60_000 }, async () => {
  await onPlatform(async (platform, tenant) => {
    const survives = await flooded(platform, tenant, 'node-3');
    const dies = await flooded(platform, tenant, 'node-2');
    expect(survives.line.fate.kind).toMatch(/^(survived|refusing)$/);
    expect(dies.line.fate.kind).toBe('node-limit');
    // The same load takes the same cores in both: what is more in the second is the dying.
    for (const whose of ['pod', 'kubelet'] as const) expect(p99(dies.neighbours[whose]) / p99(survives.neighbours[whose]), JSON.stringify([p99(dies.neighbours[whose]), p99(survives.neighbours[whose])])).toBeLessThan(3);
    expect(Math.min(...dies.line.looks.map(({ hostFreeMiB }) => hostFreeMiB))).toBeGreaterThan(2048);
    expect((await get(platform.client, '/api/v1/nodes/node-3/proxy/healthz', { signal })).data).toBe('ok');
  }, { claim: 'SN-1' });
});

function p99(latencies: readonly number[]): number {
  return quantile([...latencies], 0.99);
}

async function flooded(platform: Platform, tenant: Tenant, node: string): Promise<{ readonly line: MemoryLine; readonly neighbours: Neighbours }> {
  // As in the incident's first face. The node that survives has not unpacked the program yet, whose pages do not matter there.
  const collector = await freshCollector(platform, tenant, node, { probes: true, ...(node === 'node-2' ? { pageCache: 'outside' } : {}) }, { signal, note });
  await failRoute(platform, tenant, 'tempo', { mode: 'refuse', seconds: windows.outageSeconds }, signal);
  const flow = await startFlow(platform, tenant, { name: `${tenant.id}-${node}`, signal: 'traces', via: 'collector', ...windows.flood }, signal);
  const over = new AbortController();
  const asked = askNeighbours(platform, over.signal);
  const line = await watchMemory(tenant, collector, flow, { timeoutMs: windows.boundSeconds * 1000, tailMs: windows.tailSeconds * 1000, signal, note });
  over.abort();
  await stopFlow(flow, signal);
  return { line, neighbours: await asked };
}

async function askNeighbours(platform: Platform, over: AbortSignal): Promise<Neighbours> {
  const neighbours: Neighbours = { pod: [], kubelet: [] };
  const { gate, client } = platform;
  if (!gate) throw new Error('this platform has no gate');
  const timed = async (to: number[], ask: () => Promise<unknown>): Promise<void> => {
    const start = performance.now();
    await ask();
    to.push(performance.now() - start);
  };
  while (!over.aborted) {
    await Promise.all([
      timed(neighbours.pod, () => proxyGet(gate.client, gate.namespace, 'service', 'gate', gateControlPort, '/healthz')),
      timed(neighbours.kubelet, () => get(client, '/api/v1/nodes/node-3/proxy/healthz', {})),
      pause(everyMs),
    ]);
  }
  return neighbours;
}
