import { rm } from 'node:fs/promises';
import type { RunContext } from '../../run/context.ts';
import { checkFreeDisk, newClusterDir } from '../cluster-dir.ts';
import { leftBehind } from '../left-behind.ts';
import { createBridge } from './network.ts';
import type { ClusterNetwork } from './network.ts';
import { removeCluster } from './remove.ts';

/** What a cluster stands on. */
export interface Ground {
  readonly dir: string;
  readonly network: ClusterNetwork;
  /** Removes the cluster, whatever there is of it. */
  remove(): Promise<void>;
}

/** Takes folder and addresses for a cluster and makes it there, or removes what there is of it and throws. */
export async function onOwnGround<T>(name: string, nodeCount: number, context: RunContext, make: (ground: Ground) => Promise<T>): Promise<T> {
  const dir = await newClusterDir(context.dir, name);
  const undo: (() => Promise<unknown>)[] = [() => rm(dir, { recursive: true, force: true })];
  try {
    await checkFreeDisk(dir);
    const network = await createBridge(context.id, nodeCount, context.signal);
    const remove = async (): Promise<void> => void (await removeCluster({ runId: context.id, index: network.names.index }, dir));
    undo.push(remove);
    return await make({ dir, network, remove });
  } catch (thrown) {
    for (const one of undo.toReversed()) await one().catch((left: unknown) => context.emit(leftBehind(context.id, left)));
    throw thrown;
  }
}
