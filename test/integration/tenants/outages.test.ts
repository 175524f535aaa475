import { expect, test } from 'vitest';
import { collectorQueues, cutNetwork, failRoute, killCollector, reckoningText, senderNode } from '../../../helpers/index.ts';
import type { FlowSignal } from '../../../helpers/index.ts';
import { deedDone, startDeed } from '../../../src/platform/hands.ts';
import { note, onPlatform, reckoned, sent, signal } from './platform.ts';

const watching = { signal, note };

test('a node comes back from its outages, and what cannot be done is said with the hand\'s own words', { timeout: 10 * 60_000 }, async () => {
  await onPlatform(async (platform, tenant) => {
    const node = await senderNode(platform, tenant, signal);
    const own = (await collectorQueues(platform, tenant, signal)).find((one) => one.node === node);
    if (!platform.gate || !own) throw new Error(`no gate, or no collector on ${node}`);

    const cut = await cutNetwork(platform, tenant, node, 3, watching);
    expect(cut).toMatchObject({ node, link: 'eth0' });
    expect(cut.toMs - cut.fromMs).toBeGreaterThanOrEqual(3000);
    const killed = await killCollector(platform, tenant, own, watching);
    expect(killed).toMatchObject({ pod: own.pod, node, exitCode: 137, reason: 'Error' });
    for (const kind of ['metrics', 'logs', 'traces'] as const satisfies readonly FlowSignal[]) {
      const flow = await sent(platform, tenant, { name: `after-${kind}`, signal: kind, via: 'collector' });
      expect(reckoningText(await reckoned(platform, tenant, flow)), kind).toContain('lost 0');
    }

    const at = { client: tenant.client, runId: platform.runId, namespace: tenant.namespace, node };
    for (const deed of [{ kind: 'kill', containerId: '0'.repeat(64) }, { kind: 'cut', seconds: 31 }] as const) {
      const pod = await startDeed(at, platform.gate, deed, signal);
      await expect(deedDone(at, pod, deed, watching), deed.kind).rejects.toMatchObject({ problem: { code: 'PL-OUTAGE-FAILED', lastLines: [expect.stringMatching(/is the first one of container 000|at most 30/)] } });
    }
    await expect(failRoute(platform, { ...tenant, name: 'nobody' }, 'loki', { mode: 'pass' }, signal)).rejects.toThrow('no route is called nobody-loki');
  }, { claim: 'DL-5' });
});
