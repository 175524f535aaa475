import type { V1Node } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { get, json } from '../../../../src/clusters/kube-api.ts';
import { podLogs } from '../../../../src/clusters/kubernetes.ts';
import { podWhere, probe, startProbe } from '../support.ts';
import type { Subject } from './index.ts';

/** Nodes, and that their memory is a limit of the kernel. */
export function nodesConform(subject: () => Subject): void {
  test('nodes are Ready, of the size asked for, and know their pod ranges', async () => {
    const { client, cluster } = subject();
    const { items } = json(await get(client, '/api/v1/nodes')) as { items: V1Node[] };
    const sizes = items.map(({ metadata, status }) => [metadata?.name, status?.capacity?.['memory'], status?.conditions?.find((one) => one.type === 'Ready')?.status]);
    expect(sizes.slice(0, 2)).toEqual([['middle', '4Gi', 'True'], ['small', '2Gi', 'True']]);
    expect(sizes[2]?.[2]).toBe('True');
    expect(new Set(items.map((node) => node.spec?.podCIDR)).size).toBe(3);
    expect(new Set(items.map((node) => node.status?.nodeInfo?.machineID)).size).toBe(3);
    expect(cluster.nodes.map((node) => node.name)).toEqual(['small', 'middle', 'whole']);
  });

  test('a node’s memory is what its kubelet accounts for, not the machine’s', async () => {
    const { client } = subject();
    const summary = json(await get(client, '/api/v1/nodes/small/proxy/stats/summary')) as { node: { memory: { workingSetBytes: number; availableBytes: number } } };
    expect(summary.node.memory.workingSetBytes).toBeGreaterThan(0);
    expect(summary.node.memory.workingSetBytes + summary.node.memory.availableBytes).toBe(2048 * 1024 ** 2);
  });

  test('a pod over its node’s memory is killed inside it, after more than half of it', async () => {
    const { client, image } = subject();
    await startProbe(client, image, { name: 'hungry', node: 'small', args: ['eat', '3000'] });
    const { status } = await podWhere(client, 'hungry', 'killed', (pod) => pod.status?.phase === 'Failed');
    expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
    const eaten = [...(await podLogs(client, 'default', 'hungry')).matchAll(/eaten (\d+) MiB/g)].map((match) => Number(match[1]));
    expect(Math.max(...eaten)).toBeGreaterThan(1024);
    expect(Math.max(...eaten)).toBeLessThan(2048);
  });

  test('the same pod lives on a node that is large enough', async () => {
    const { client, image } = subject();
    expect(await probe(client, image, { name: 'sated', node: 'middle', args: ['eat', '3000'] })).toMatch(/sated 47$/);
  });
}
