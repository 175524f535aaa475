import type { V1Node } from '@kubernetes/client-node';
import { isReady } from './is-ready.ts';
import { get, json } from './kube-api.ts';
import type { KubeClient } from './kube-api.ts';

/** All nodes of a cluster, by name in the order of their numbers: node-2 before node-10. */
export async function nodesOf(client: KubeClient, signal?: AbortSignal): Promise<readonly V1Node[]> {
  const { items } = json(await get(client, '/api/v1/nodes', { signal })) as { items: V1Node[] };
  return items.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b), 'en', { numeric: true }));
}

/** Whether a node takes pods that ask for nothing special: Ready, not cordoned, without taints that keep them off, and no Windows. */
export function takesPods(node: V1Node): boolean {
  const { metadata, spec } = node;
  const tainted = spec?.taints?.some(({ effect }) => effect === 'NoSchedule' || effect === 'NoExecute') ?? false;
  return isReady(node) && !tainted && spec?.unschedulable !== true && metadata?.labels?.['kubernetes.io/os'] !== 'windows';
}

export function nameOf({ metadata }: V1Node): string {
  return metadata?.name ?? '';
}

/** Undefined where a node has none. */
export function addressOf({ status }: V1Node): string | undefined {
  return status?.addresses?.find(({ type }) => type === 'InternalIP')?.address;
}
