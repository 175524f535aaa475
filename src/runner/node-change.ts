import type { NodeChange, StartedCluster } from '../clusters/provider.ts';
import type { Recorder } from './recorder.ts';

/** Has nodes join a cluster, or leave it, as a step of the run. @throws whatever a node failed of */
export async function changeNodes(cluster: StartedCluster, change: NodeChange, recorder: Recorder): Promise<void> {
  if (!cluster.changeNodes) throw new Error(`the nodes of ${cluster.name} do not change`);
  await recorder.step('cluster', `${changeText(cluster, change)} ${cluster.name}`, async (step) => cluster.changeNodes?.(change, step));
}

/** `node-3 to node-4 joining`: what a change comes to, since what is so already stays so. */
function changeText({ nodes }: StartedCluster, { join = [], leave = [] }: NodeChange): string {
  const there = nodes.map(({ name }) => name);
  const named = (names: readonly string[]): string => (names.length > 2 ? `${names[0]} to ${names.at(-1)}` : names.join(', '));
  const [coming, going] = [join.filter((name) => !there.includes(name)), leave.filter((name) => there.includes(name))];
  return [...(going.length > 0 ? [`${named(going)} leaving`] : []), ...(coming.length > 0 ? [`${named(coming)} joining`] : [])].join(' and ') || 'nothing to change in';
}
