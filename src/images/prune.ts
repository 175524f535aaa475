import { readdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { keyOf } from '../builds/build.ts';
import { binariesDir, binaryDir, removeOrphans, treeDir, treesDir } from '../builds/folders.ts';
import { moduleFilesDir } from '../builds/module-files.ts';
import { restGoCache } from '../builds/go-cache.ts';
import { isTree, type Build } from '../builds/recipe.ts';
import { imagesDir } from './archive-cache.ts';
import { imagePlace } from './build-source.ts';
import type { ImageRecipe } from './source.ts';

/** Days; long enough that a branch switched away from and back to is not built anew. */
const defaultDays = 14;

/**
 * To be called when a run needs nothing more built. Trims Go's build cache, and removes binaries, trees and archives that no
 * recipe leads to any more and that nobody used for some days, and what killed builds left. Answers the paths removed.
 */
export async function pruneCache(known: { readonly builds: readonly Build[]; readonly images: readonly ImageRecipe[] }, days: number = defaultDays): Promise<readonly string[]> {
  await restGoCache();
  const locked = known.images.filter(({ build }) => build.unlocked === undefined);
  const builds = [...known.builds, ...locked.map(({ build }) => build)];
  const results = new Set(await Promise.all(builds.map(resultName)));
  const archives = new Set(await Promise.all(locked.map(async (image) => basename((await imagePlace(image)).stem))));
  const before = Date.now() - days * 24 * 3600_000;
  return [
    ...(await pruneFolder(binariesDir(), (name) => results.has(withoutLock(name)), before)),
    ...(await pruneFolder(treesDir(), (name) => results.has(withoutLock(name)), before)),
    ...(await pruneFolder(imagesDir(), (name) => archives.has(withoutLock(name).replace(/\.(tar(\..+)?|json)$/, '')), before)),
    ...(await pruneFolder(moduleFilesDir(), () => false, before)),
    ...(await removeOrphans()),
  ];
}

/** The name of the folder that a build's result lies in. */
async function resultName(build: Build): Promise<string> {
  const key = await keyOf(build);
  return basename(isTree(build) ? treeDir(build, key) : binaryDir(build, key));
}

/** A lock's folder bears the name of what it locks. */
function withoutLock(name: string): string {
  return name.replace(/\.lock$/, '');
}

async function pruneFolder(folder: string, isKnown: (name: string) => boolean, before: number): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (isKnown(name) || (await lastUse(path)) >= before) continue;
    await rm(path, { recursive: true, force: true });
    removed.push(path);
  }
  return removed;
}

/** The newest time of a file or, for a folder, of the files in it: a binary's own file is touched when it is used. */
async function lastUse(path: string): Promise<number> {
  const info = await stat(path);
  if (!info.isDirectory()) return info.mtimeMs;
  const files = await Promise.all((await readdir(path)).map((name) => stat(join(path, name))));
  return files.length === 0 ? info.mtimeMs : Math.max(...files.map(({ mtimeMs }) => mtimeMs));
}
