import { defineClaim, nodeInventory, whileHolds } from '../../helpers/index.ts';
import type { Finding, InventoriedNode, Subject } from '../../helpers/index.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SN-2',
  area: 'small-node-oom',
  claim: 'required nodeAffinity keeps collectors off nodes under 4 GiB; nodes without a collector are listed, with what runs there unseen',
  platform: new URL('./affinity.yaml', import.meta.url),
  twin: {
    wrong: 'no affinity',
    patch: new URL('./affinity.twin.yaml', import.meta.url),
    symptom: /collector-\S+ on node-2 \(2048 MiB\)/,
  },
  usualSecondsPerSide: 8,
  check,
});

async function check({ platform, signal, note }: Subject): Promise<Finding> {
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  // Everything is Ready: what is not there now does not come later either, and the window shows it.
  const nodes = await whileHolds('collectors where they are', ({ signal: look }) => nodeInventory(platform, tenant, look), { forMs: timing.placedSeconds * 1000, signal, step: { note } });
  return judgePlacement(nodes ?? [], timing.leastNodeMiB);
}

/** Whether collectors are on all nodes that are large enough, and on no others. */
export function judgePlacement(nodes: readonly InventoriedNode[], leastMiB: number): Finding {
  const misplaced = nodes.filter(({ memoryMiB, collectors }) => memoryMiB < leastMiB && collectors.length > 0);
  const bare = nodes.filter(({ memoryMiB, collectors }) => memoryMiB >= leastMiB && collectors.length === 0);
  const blind = nodes.filter(({ collectors }) => collectors.length === 0);
  const wrong = [
    ...misplaced.flatMap(({ node, memoryMiB, collectors }) => collectors.map((pod) => `${pod} on ${node} (${memoryMiB} MiB)`)),
    ...bare.map(({ node, memoryMiB }) => `none on ${node} (${memoryMiB} MiB)`),
  ];
  return {
    holds: wrong.length === 0,
    expected: `a collector on each node with ${leastMiB} MiB and more, and none on others`,
    observed: wrong.length > 0 ? wrong.join('; ') : `${nodes.length - blind.length} nodes have one; ${blindText(blind)}`,
    ...(wrong.length > 0 ? { cause: wrong.join('; ') } : {}),
    evidence: [
      { what: 'blind spots: nodes without a collector, and the pods whose output nobody collects there', shape: 'table', headline: true, data: blind.map(({ node, memoryMiB, pods }) => ({ node, memoryMiB, pods: pods.join(', ') })) },
      { what: 'all nodes', data: nodes },
    ],
  };
}

function blindText(blind: readonly InventoriedNode[]): string {
  if (blind.length === 0) return 'no blind spot';
  return `blind: ${blind.map(({ node, memoryMiB, pods }) => `${node} (${memoryMiB} MiB, ${pods.length} pods)`).join(', ')}`;
}
