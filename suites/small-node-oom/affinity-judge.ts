/** SN-2: whether collectors are where they may be, and which nodes nobody watches. Pure. */
import type { Finding, InventoriedNode } from '../../helpers/index.ts';

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
