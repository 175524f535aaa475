/** Which nodes of a cluster have a collector, and what runs on those that have none. */
import type { V1Pod } from '@kubernetes/client-node';
import { get, json } from '../src/clusters/kube-api.ts';
import { nameOf, nodesOf } from '../src/clusters/nodes.ts';
import { componentLabels } from '../src/components/labels.ts';
import { memoryMiB } from '../src/platform/placement.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';

export interface InventoriedNode {
  readonly node: string;
  /** What the node says that it has. */
  readonly memoryMiB: number;
  /** Collectors of this side, by name. */
  readonly collectors: readonly string[];
  /** All other pods of the cluster that run there: `namespace/name`. */
  readonly pods: readonly string[];
}

/** Nodes in the order of their numbers, with the pods that are theirs now. */
export async function nodeInventory(platform: Platform, { client, namespace }: Tenant, signal: AbortSignal): Promise<readonly InventoriedNode[]> {
  const [nodes, pods] = await Promise.all([nodesOf(client, signal), get(client, '/api/v1/pods', { signal }).then((answer) => (json(answer) as { items: V1Pod[] }).items)]);
  const wanted = Object.entries(componentLabels(platform.runId, 'collector'));
  const isOurs = ({ metadata }: V1Pod): boolean => metadata?.namespace === namespace && wanted.every(([key, value]) => metadata.labels?.[key] === value);
  return nodes.map((node) => {
    const here = pods.filter(({ spec, metadata }) => spec?.nodeName === nameOf(node) && metadata?.deletionTimestamp === undefined);
    return {
      node: nameOf(node), memoryMiB: memoryMiB(node), collectors: here.filter(isOurs).map(({ metadata }) => metadata?.name ?? ''),
      pods: here.filter((pod) => !isOurs(pod)).map(({ metadata }) => `${metadata?.namespace}/${metadata?.name}`),
    };
  });
}
