import { createHash, type Hash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { GoBuild } from './recipe.ts';
import { buildFlags, linkerFlags } from './source.ts';
import type { Toolchain } from './toolchain.ts';

/** What a Docker engine builds from in its own way, and no build here reads. */
export const notBuilt: readonly string[] = ['Dockerfile', '.dockerignore'];

/** In a lock, what of it counts is among the linker's variables. */
const notCompiled: readonly string[] = [...notBuilt, 'versions.txt'];

/**
 * What a binary's content depends on, as 64 hex digits: every file of the lock folder, the build itself and its
 * flags, the Go version and the architecture. Where the lock folder lies and what a build usually takes play no part.
 */
export async function buildKey(build: GoBuild, toolchain: Pick<Toolchain, 'goVersion' | 'arch'>): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(inputs(build, toolchain)));
  await feedFolder(hash, build.lockDir, notCompiled);
  return hash.digest('hex');
}

/** Feeds names and contents of all files below a folder, in one order everywhere; `skipped` names folders to leave out. */
export async function feedFolder(hash: Hash, folder: string, skipped: readonly string[] = []): Promise<void> {
  for (const path of await filesBelow(folder)) {
    if (relative(folder, path).split(sep).some((name) => skipped.includes(name))) continue;
    const content = createHash('sha256').update(await readFile(path)).digest('hex');
    // Lengths are fixed or delimited, so that no two different folders can feed the same bytes.
    hash.update(`\0${relative(folder, path).split(sep).join('/')}\0${content}`);
  }
}

function inputs(build: GoBuild, toolchain: Pick<Toolchain, 'goVersion' | 'arch'>): unknown {
  const variables = Object.entries(build.linkerVariables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const common = [buildFlags, linkerFlags, build.name, build.version, build.package, variables, build.generator ?? null, toolchain.goVersion, toolchain.arch];
  const special = { cgo: build.cgo, tags: build.tags, home: build.home, homeModule: build.homeModule };
  // Added only where there is something to add: a build that has none keeps its key.
  return Object.values(special).every((one) => one === undefined) ? common : [...common, special];
}

/** All files below a folder, in one order everywhere. */
async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
