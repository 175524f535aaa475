import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlumblineError } from '../errors.ts';
import { cacheDir } from '../run/paths.ts';
import type { GoBuild, TreeBuild } from './recipe.ts';

/** Where builds keep things, all below the cache folder. */

export function binariesDir(): string {
  return join(cacheDir(), 'binaries');
}

/** The folder of one binary; a new key is a new folder, so nothing is ever overwritten. */
export function binaryDir(build: GoBuild, key: string): string {
  return join(binariesDir(), `${build.name}-${build.version}-${key.slice(0, 12)}`);
}

export function treesDir(): string {
  return join(cacheDir(), 'trees');
}

/** The folder of one tree build: its record, and `root`. */
export function treeDir(build: TreeBuild, key: string): string {
  return join(treesDir(), `${build.name}-${build.version}-${key.slice(0, 12)}`);
}

/** What a program reads while it runs, beside its binary. */
export function homeDir(binary: string): string {
  return join(binary, 'home');
}

/** Go's build cache, Plumbline's own: it is trimmed, and the user's is not ours to trim. */
export function goCacheDir(): string {
  return join(cacheDir(), 'go-build');
}

export function scratchRoot(): string {
  return join(cacheDir(), 'scratch');
}

/** Runs `work` in a new scratch folder and removes it, whatever comes of the work. */
export async function withScratch<T>(name: string, work: (folder: string) => Promise<T>): Promise<T> {
  await mkdir(scratchRoot(), { recursive: true });
  await removeOrphans();
  // The process id in front tells a later run whether somebody still works here.
  const folder = await mkdtemp(join(scratchRoot(), `${process.pid}-${name}-`));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes scratch folders of processes that no longer exist: a killed run leaves its own. */
export async function removeOrphans(): Promise<string[]> {
  const names = await readdir(scratchRoot()).catch(() => []);
  const orphans = names.filter((name) => !isAlive(Number.parseInt(name, 10))).map((name) => join(scratchRoot(), name));
  await Promise.all(orphans.map((folder) => rm(folder, { recursive: true, force: true })));
  return orphans;
}

export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // EPERM: it exists and is another user's.
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}

/**
 * Bytes. The largest build (kube) was seen to take 4.8 GiB at its peak, half of it compiled packages that are in the
 * build cache already when the build ends, and 0.6 GiB of modules on a machine that has none.
 */
export const neededBytes = 6 * 1024 ** 3;

/** @throws PlumblineError PL-DISK-FULL where less than `bytes` are free for the cache folder */
export async function checkFreeDisk(bytes: number = neededBytes): Promise<void> {
  const { bavail, bsize } = await statfs(nearestExisting(cacheDir()));
  const free = bavail * bsize;
  if (free < bytes) throw diskFull(`${gib(free)} free`, bytes);
}

/** The plan asks before anything of the cache exists, and makes nothing. */
function nearestExisting(folder: string): string {
  return existsSync(folder) || folder === dirname(folder) ? folder : nearestExisting(dirname(folder));
}

export function diskFull(seen: string, bytes: number = neededBytes, lastLines?: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-DISK-FULL',
    kind: 'environment',
    expected: `${gib(bytes)} of free disk at ${cacheDir()} for a build`,
    seen,
    next: 'Free some disk, or set XDG_CACHE_HOME to a folder on a larger one.',
    ...(lastLines ? { lastLines } : {}),
  });
}

function gib(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
