import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { PlumblineError, lastCause } from '../errors.ts';
import { cacheDir } from '../run/paths.ts';
import type { BuildOptions } from './binary.ts';
import { goCacheDir, withScratch } from './folders.ts';
import type { GoBuild } from './recipe.ts';
import { runTool } from './tool.ts';
import { goEnvironment, toolchain } from './toolchain.ts';

/** A build that keeps files of its module, which can be had without building it. */
export type FilesOf = GoBuild & Required<Pick<GoBuild, 'home' | 'homeModule'>>;

export function moduleFilesDir(): string {
  return join(cacheDir(), 'files');
}

/** Where a build's module files are kept, or would be. */
function placeOf({ name, version, home, homeModule }: FilesOf): string {
  const which = createHash('sha256').update(JSON.stringify([homeModule, home])).digest('hex').slice(0, 8);
  return join(moduleFilesDir(), `${name}-${version}-${which}`);
}

/** The folder with them where it is there; marks it as used, which is what pruning goes by. */
export async function keptModuleFiles(build: FilesOf): Promise<string | undefined> {
  const place = placeOf(build);
  const [first = ''] = (build.home[0] ?? '').split('/');
  // A folder is moved there whole.
  return utimes(join(place, first), new Date(), new Date()).then(() => place, () => undefined);
}

/** Moves files to where they are kept. */
export async function keepModuleFiles(build: FilesOf, folder: string): Promise<string> {
  const place = placeOf(build);
  await mkdir(dirname(place), { recursive: true });
  // Another run may have been faster, with the same files.
  await rename(folder, place).catch(() => undefined);
  return place;
}

/** The version of the module that they are from: as the build's lock requires it, and the build's own where there is no lock. */
export async function homeVersion({ homeModule, lockDir, unlocked, version }: FilesOf): Promise<string> {
  if (unlocked) return version;
  const lines = (await readFile(join(lockDir, 'go.mod'), 'utf8')).split('\n').map((line) => line.trim().split(' '));
  return lines.find(([module]) => module === homeModule)?.[1]?.replace(/^v/, '') ?? version;
}

/** The module's checksum as the build's lock has it; undefined for a version without a lock. */
export async function lockedSum(build: FilesOf): Promise<string | undefined> {
  if (build.unlocked) return undefined;
  const [text, version] = [await readFile(join(build.lockDir, 'go.sum'), 'utf8'), await homeVersion(build)];
  return text.split('\n').find((line) => line.startsWith(`${build.homeModule} v${version} `))?.split(' ')[2];
}

const Downloaded = z.object({ Dir: z.string(), Sum: z.string() });

/**
 * Takes a build's files out of its module with this machine's Go, and compiles nothing.
 *
 * @throws PlumblineError PL-GO-MISSING, PL-BUILD-UNAVAILABLE where the module cannot be had, PL-CHECKSUM-WRONG
 */
export async function moduleFiles(build: FilesOf, { signal, runId, step }: BuildOptions): Promise<string> {
  await toolchain();
  step.note(`fetching ${build.homeModule}`);
  return withScratch(build.name, async (scratch) => {
    const { Dir, Sum } = await download(build, scratch, runId, signal);
    const locked = await lockedSum(build);
    if (locked !== undefined && locked !== Sum) throw wrongSum(build, locked, Sum);
    const folder = join(scratch, 'files');
    for (const path of build.home) await cp(join(Dir, path), join(folder, path), { recursive: true });
    // The module cache is read-only, and a copy with it: nobody could remove it again.
    await runTool(['chmod', '-R', 'u+w', folder], { cwd: scratch, env: {}, signal });
    return keepModuleFiles(build, folder);
  });
}

async function download(build: FilesOf, cwd: string, runId: string, signal: AbortSignal): Promise<z.infer<typeof Downloaded>> {
  try {
    const env = goEnvironment({ goCache: goCacheDir(), temp: cwd }, runId);
    return Downloaded.parse(JSON.parse(await runTool(['go', 'mod', 'download', '-json', `${build.homeModule}@v${await homeVersion(build)}`], { cwd, env, signal })));
  } catch (cause) {
    signal.throwIfAborted();
    throw new PlumblineError({
      code: 'PL-BUILD-UNAVAILABLE', kind: 'environment', expected: `module ${build.homeModule} v${await homeVersion(build)}, for the files of ${build.name}`, seen: lastCause(cause),
      next: 'See whether that version exists, and whether the Go module proxy is in reach.', cause,
    });
  }
}

function wrongSum({ homeModule, name, version }: FilesOf, wanted: string, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-CHECKSUM-WRONG', kind: 'environment', expected: `${homeModule} to have the checksum of the lock of ${name} ${version}: ${wanted}`, seen,
    next: 'Look at the Go module proxy that this machine uses.',
  });
}
