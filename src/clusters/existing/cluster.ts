import type { RunContext } from '../../run/context.ts';
import { get, json, kubeClient } from '../kube-api.ts';
import { addressOf, nameOf, nodesOf, takesPods } from '../nodes.ts';
import type { ClusterSpec, StartedCluster } from '../provider.ts';
import type { Context } from './contexts.ts';
import { checkImages } from './images.ts';
import { rememberPlace } from './places.ts';
import { leaveClusters } from './remove.ts';

/** Makes a run a guest of a context's cluster: nothing is made there yet. */
export async function joinCluster({ name }: ClusterSpec, context: Context, run: RunContext): Promise<StartedCluster> {
  const kubeconfigPath = await rememberPlace(run.dir, run.id, context);
  const client = await kubeClient(kubeconfigPath);
  const [{ gitVersion }, nodes] = await Promise.all([
    get(client, '/version', run).then(json) as Promise<{ gitVersion: string }>, nodesOf(client, run.signal),
  ]);
  return {
    name, provider: 'existing', kubeconfigPath, kubernetesVersion: gitVersion.replace(/^v/, ''),
    nodes: nodes.filter(takesPods).map((node) => ({ name: nameOf(node), address: addressOf(node) ?? '' })),
    loadImages: (archives) => checkImages(client, context.name, archives, run.signal),
    [Symbol.asyncDispose]: async () => void (await leaveClusters(run.id, [kubeconfigPath])),
  };
}
