import { mkdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumblineError } from '../errors.ts';

/** Component images of a platform, unpacked on a few nodes, and their logs. */
const neededBytes = 2 * 1024 ** 3;
/** A kubelet evicts pods below 1 % of its disk; the rest is for what a cluster writes meanwhile. */
const neededShare = 0.015;

/** Makes the folder of a cluster and of its logs. @throws PlumblineError PL-CLUSTER-SPEC when the run has one of that name */
export async function newClusterDir(runDir: string, name: string): Promise<string> {
  const dir = join(runDir, name);
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  try {
    await mkdir(dir, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new PlumblineError({
      code: 'PL-CLUSTER-SPEC', kind: 'usage', expected: 'a name for each cluster of a run', seen: `a second \`${name}\``,
      next: 'Name the clusters of the run differently.', cause,
    });
  }
  await mkdir(join(dir, 'logs'), { mode: 0o700 });
  return dir;
}

/** @throws PlumblineError PL-DISK-FULL when a cluster would run out of disk, or evict its pods for it */
export async function checkFreeDisk(dir: string): Promise<void> {
  const { bavail, blocks, bsize } = await statfs(dir);
  const needed = Math.max(neededBytes, blocks * bsize * neededShare);
  const free = bavail * bsize;
  if (free >= needed) return;
  const gibibytes = (bytes: number): string => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  throw new PlumblineError({
    code: 'PL-DISK-FULL', kind: 'environment', expected: `${gibibytes(needed)} free for a cluster in ${dir}`, seen: `${gibibytes(free)} free`,
    next: 'Free disk there (`plumbline down` removes runs that are over), or set XDG_STATE_HOME to a folder on another disk.',
  });
}
