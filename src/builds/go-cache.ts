import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import { goCacheDir, isAlive } from './folders.ts';
import { exclusively, type ExclusiveOptions } from './exclusive.ts';

/**
 * Plumbline's own Go build cache. Components share most of their packages, so they compile into one cache; what is
 * beyond the bound goes when nobody builds, because a build reads entries that it found earlier.
 */

/** Bytes kept between one build and the next: Kubernetes and a collector, so that what they share is compiled once. */
const boundBetweenBuilds = 5 * 1024 ** 3;
/**
 * Bytes kept when a run has built all it needs: most of a collector, for the next version of it. With the modules (6 GiB
 * for the versions that claims name), binaries and images that is less than 10 GB of disk.
 */
const boundAtRest = 1.5 * 1024 ** 3;

/** Runs `work` as a user of the cache; the last user to leave trims it. */
export async function withGoCache<T>(options: Pick<ExclusiveOptions, 'signal' | 'step'>, work: () => Promise<T>): Promise<T> {
  const marker = join(usersDir(), `${process.pid}-${nanoid(8)}`);
  const gate = { ...options, waitingFor: 'the Go build cache' };
  await mkdir(goCacheDir(), { recursive: true });
  await exclusively(gatePath(), gate, async () => {
    await mkdir(usersDir(), { recursive: true });
    await writeFile(marker, '');
  });
  try {
    return await work();
  } finally {
    await leave(marker);
  }
}

function leave(marker: string): Promise<number> {
  return trimUnlessUsed(boundBetweenBuilds, () => rm(marker, { force: true }));
}

/** Trims the cache to what is worth keeping when nothing more is to be built; answers the bytes removed. */
export function restGoCache(bound: number = boundAtRest): Promise<number> {
  return trimUnlessUsed(bound);
}

/** Not to be interrupted: Ctrl-C must not leave a cache of 8 GB behind. */
async function trimUnlessUsed(bound: number, before: () => Promise<void> = async () => undefined): Promise<number> {
  const gate = { signal: new AbortController().signal, step: { note: () => undefined }, waitingFor: 'the Go build cache' };
  return exclusively(gatePath(), gate, async () => {
    await before();
    return (await liveUsers()) === 0 ? trimGoCache(goCacheDir(), bound) : 0;
  });
}

/** How many builds use the cache now; what killed ones left as their mark is removed. */
async function liveUsers(): Promise<number> {
  const users = await readdir(usersDir()).catch(() => []);
  const dead = users.filter((name) => !isAlive(Number.parseInt(name, 10)));
  await Promise.all(dead.map((name) => rm(join(usersDir(), name), { force: true })));
  return users.length - dead.length;
}

interface Entry {
  readonly path: string;
  readonly size: number;
  readonly usedMs: number;
}

/** Removes the entries used longest ago until at most `bound` bytes are left; answers the bytes removed. */
export async function trimGoCache(folder: string, bound: number): Promise<number> {
  const entries = await entriesOf(folder);
  let excess = entries.reduce((sum, entry) => sum + entry.size, 0) - bound;
  let removed = 0;
  // Go sets an entry's mtime when it uses it (at most once an hour), so mtime is its time of use.
  for (const entry of entries.sort((a, b) => a.usedMs - b.usedMs)) {
    if (excess <= 0) break;
    await rm(entry.path, { force: true, recursive: true });
    excess -= entry.size;
    removed += entry.size;
  }
  return removed;
}

/** Entries lie in 256 folders named 00 to ff; anything else in the cache is Go's housekeeping. */
async function entriesOf(folder: string): Promise<Entry[]> {
  const groups = (await readdir(folder).catch(() => [])).filter((name) => /^[0-9a-f]{2}$/.test(name));
  const entries: Entry[] = [];
  for (const group of groups) {
    const names = await readdir(join(folder, group));
    entries.push(...(await Promise.all(names.map((name) => entryAt(join(folder, group, name))))));
  }
  return entries;
}

async function entryAt(path: string): Promise<Entry> {
  const info = await stat(path);
  // An entry that is a folder holds one linked program.
  const size = info.isDirectory() ? await sizeOfFiles(path) : info.blocks * 512;
  return { path, size, usedMs: info.mtimeMs };
}

async function sizeOfFiles(folder: string): Promise<number> {
  const files = await Promise.all((await readdir(folder)).map((name) => stat(join(folder, name))));
  return files.reduce((sum, file) => sum + file.blocks * 512, 0);
}

function usersDir(): string {
  return `${goCacheDir()}-users`;
}

function gatePath(): string {
  return `${goCacheDir()}-gate`;
}
