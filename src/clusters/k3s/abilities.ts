import { freeMemoryMiB } from '../free-memory.ts';
import type { Abilities } from '../provider.ts';
import type { ProviderSettings } from '../settings.ts';
import { findEngine } from './engine.ts';
import { hasImage, imageObstacle, nodeImage } from './image.ts';

/** Names of containers carry those of clusters and nodes; a machine is full long before these numbers. */
export const most = { clusters: 36, nodes: 100 };

/** Looks at the engine and changes nothing. */
export async function lookForAbilities(settings: ProviderSettings): Promise<Abilities> {
  const engine = await findEngine();
  const image = nodeImage(settings);
  const obstacle = typeof engine === 'string' ? engine : await imageObstacle(engine, image);
  // An engine elsewhere is taken to be on a machine like this one.
  const free = await freeMemoryMiB();
  const notes = typeof engine === 'string' ? [] : [`${image} is ${await hasImage(engine, image) ? 'on the Docker engine' : 'pulled by a run'}.`];
  return {
    usable: obstacle === undefined,
    findings: obstacle === undefined ? notes : [obstacle],
    installable: [],
    nodeMemory: 'enforced',
    ...(free === undefined ? {} : { freeMemoryMiB: free }),
    imageArchives: true,
    pullsImages: true,
    ...most,
    ownNodes: true,
    // Nodes are, where the engine is on this machine; pods are behind them.
    podsReachableFromHost: false,
  };
}
