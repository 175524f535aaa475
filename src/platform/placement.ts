import type { V1Affinity, V1Toleration } from '@kubernetes/client-node';
import { mergePatch } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { nameOf, nodesOf } from '../clusters/nodes.ts';
import { bothAffinities, labelAbove, offNodes, onNode } from '../components/kit.ts';
import { bytesSaid } from '../run/quantity.ts';
import { nodeOf } from './parts.ts';
import type { Deployment } from './parts.ts';
import type { PlatformSpec } from './spec.ts';

/** On every node: how much memory it says that it has, MiB. Kubernetes itself has no label for it that an affinity could ask for. */
const memoryLabel = 'plumbline.dev/memory-mib';

/** Nodes with a memory of their own keep off what does not ask for them. */
export function tolerationsFor({ nodeSizes }: PlatformSpec): readonly V1Toleration[] {
  return Object.keys(nodeSizes).length === 0 ? [] : [{ operator: 'Exists' }];
}

/** Whether each node has a collector of its own, which what runs there can send to. */
export function onEveryNode({ collector, nodeSizes }: PlatformSpec): boolean {
  return collector.on === undefined && Object.keys(nodeSizes).length === 0;
}

/** Where the collectors of a platform run in one of its clusters; undefined: on all nodes. @param besides nodes that they keep off as well */
export async function collectorAffinity(deployment: Deployment, client: KubeClient, besides: readonly string[] = []): Promise<V1Affinity | undefined> {
  const { on, leastNodeMiB } = deployment.spec.collector;
  const [cluster = ''] = [...deployment.clients].flatMap(([name, one]) => (one === client ? [name] : []));
  const named = on === undefined ? offNodes([...await closedNodes(deployment, client), ...besides]) : onNode(nodeOf(deployment, cluster, on));
  if (leastNodeMiB === null) return named;
  await labelMemory(client, deployment.signal);
  return bothAffinities(named, labelAbove(memoryLabel, leastNodeMiB - 1));
}

/**
 * Nodes that the run does not count. A DaemonSet goes to those that are cordoned or not Ready as well, where nobody has looked for its
 * images, and it would never be Ready.
 */
async function closedNodes({ clients, nodes, signal }: Deployment, client: KubeClient): Promise<readonly string[]> {
  const counted = [...clients].flatMap(([name, one]) => (one === client ? nodes.get(name) ?? [] : []));
  return (await nodesOf(client, signal)).map(nameOf).filter((name) => !counted.includes(name));
}

async function labelMemory(client: KubeClient, signal: AbortSignal): Promise<void> {
  for (const node of await nodesOf(client, signal)) {
    // Not applied: what this manager applied of a node before would go with it.
    await mergePatch(client, `/api/v1/nodes/${nameOf(node)}`, { metadata: { labels: { [memoryLabel]: String(memoryMiB(node)) } } }, { signal });
  }
}

/** What a node says that it has, MiB, rounded down. */
export function memoryMiB({ status }: Awaited<ReturnType<typeof nodesOf>>[number]): number {
  return Math.floor(bytesSaid(status?.capacity?.['memory'] ?? '0') / 1024 ** 2);
}
