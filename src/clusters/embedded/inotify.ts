import { readFile } from 'node:fs/promises';
import { PlumblineError } from '../../errors.ts';

/** Counted on a node with one pod: containerd, kubelet and kube-proxy watch files through this many instances. */
const instancesPerNode = 8;
/** For whatever else the user runs. */
const spare = 8;

/** Nodes that fit a limit of inotify instances, which one user's processes share: inotify(7). */
export function nodesWithin(maxUserInstances: number): number {
  return Math.max(0, Math.floor((maxUserInstances - spare) / instancesPerNode));
}

/** @throws PlumblineError PL-INOTIFY-LIMIT when nodes would start and then watch nothing */
export async function checkInotify(nodeCount: number): Promise<void> {
  const limit = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8'));
  if (nodeCount <= nodesWithin(limit)) return;
  throw new PlumblineError({
    code: 'PL-INOTIFY-LIMIT', kind: 'environment', expected: `fs.inotify.max_user_instances of ${nodeCount * instancesPerNode + spare} or more for ${nodeCount} nodes`,
    seen: `${limit}, enough for ${nodesWithin(limit)}`, next: `sysctl fs.inotify.max_user_instances=${Math.max(1024, nodeCount * 16)}`,
  });
}
