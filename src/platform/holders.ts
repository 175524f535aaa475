import { podLogs } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { gateImage } from '../components/gate/image.ts';
import { holderName, holderPod } from '../components/gate/holder.ts';
import { until } from '../run/wait.ts';
import { imageReference, namespaceObject, nodeOf, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { sideNamespace } from './platform.ts';

/** For a pod's start and some hundred MiB written; typical is 1 s. */
const holdTimeoutMs = 30_000;

/** Has every node with `othersMiB` hold that much, and waits until it does. */
export async function startHolders(deployment: Deployment, client: KubeClient, cluster: string): Promise<void> {
  const { runId, spec, name, images, signal } = deployment;
  const sized = Object.entries(spec.nodeSizes).filter(([, { othersMiB }]) => othersMiB > 0);
  if (sized.length === 0) return;
  const namespace = sideNamespace(runId, name);
  const place = { runId, namespace, image: imageReference(images, gateImage()) };
  const nodes = sized.map(([node, { othersMiB }]) => ({ node: nodeOf(deployment, cluster, node), othersMiB }));
  await start(client, [namespaceObject(runId, namespace), ...nodes.map(({ node, othersMiB }) => holderPod(place, node, othersMiB))], deployment);
  await Promise.all(nodes.map(({ node }) => until(`memory of ${node} held`, async (look) => {
    const said = await podLogs(client, namespace, holderName(node), { signal: look.signal });
    return said.includes('holds') ? true : undefined;
  }, { timeoutMs: holdTimeoutMs, signal, step: deployment })));
}
