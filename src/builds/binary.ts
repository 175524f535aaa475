import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import type { Step } from '../run/context.ts';
import { rememberDuration, usualMs } from '../run/durations.ts';
import { installPackages } from '../processes/apt.ts';
import { missingCompiler } from './c-compiler.ts';
import { compile } from './compile.ts';
import type { Compiled } from './compile.ts';
import { buildFailure } from './failure.ts';
import { binaryDir, checkFreeDisk, goCacheDir, homeDir, withScratch } from './folders.ts';
import { withGoCache } from './go-cache.ts';
import { buildKey } from './key.ts';
import { exclusively } from './exclusive.ts';
import type { GoBuild } from './recipe.ts';
import { goEnvironment, toolchain } from './toolchain.ts';

export interface BuildOptions {
  readonly signal: AbortSignal;
  readonly runId: string;
  readonly step: Step;
}

export interface BuiltBinary {
  readonly path: string;
  /** Folder with the build's `home`; it exists where the recipe has one. */
  readonly home: string;
  /** Hex digest of the file. */
  readonly sha256: string;
  readonly cached: boolean;
  readonly durationMs: number;
}

export interface BinaryCacheState {
  readonly cached: boolean;
  /** Milliseconds that the build took before on this machine, else the recipe's own estimate. */
  readonly usualMs: number;
  /** Where the binary is, or will be. */
  readonly path: string;
}

const Record = z.object({ sha256: z.string() });

/** The name under which a build's durations are remembered. */
export function durationName(build: Pick<GoBuild, 'name' | 'version'>): string {
  return `build ${build.name} ${build.version}`;
}

/** Changes nothing. @throws PlumblineError PL-GO-MISSING, because the key depends on the Go version */
export async function binaryCacheState(build: GoBuild): Promise<BinaryCacheState> {
  const folder = binaryDir(build, await buildKey(build, await toolchain()));
  return {
    cached: (await findBinary(folder, build)) !== undefined,
    usualMs: (await usualMs(durationName(build))) ?? build.usualSeconds * 1000,
    path: join(folder, build.name),
  };
}

/**
 * Answers the build's binary, from the cache or compiled from its locked modules. Two runs that need the same binary
 * build it once: the second waits.
 *
 * @throws PlumblineError PL-GO-MISSING, PL-DISK-FULL, PL-BUILD-UNAVAILABLE (a module that cannot be had),
 *   PL-BUILD-FAILED with the compiler's last lines; the signal's reason when that aborts
 */
export async function buildBinary(build: GoBuild, options: BuildOptions): Promise<BuiltBinary> {
  const started = performance.now();
  const folder = binaryDir(build, await buildKey(build, await toolchain()));
  const waiting = { ...options, waitingFor: `the build of ${build.name} ${build.version}` };
  const found = async (): Promise<BuiltBinary | undefined> => {
    const sha256 = await findBinary(folder, build);
    if (sha256 === undefined) return undefined;
    options.step.cached();
    return { path: join(folder, build.name), home: homeDir(folder), sha256, cached: true, durationMs: performance.now() - started };
  };
  // Asked again inside: the run that held the lock before may have built it.
  return (await found()) ?? exclusively(folder, waiting, async () => (await found()) ?? make(build, folder, options));
}

async function make(build: GoBuild, folder: string, options: BuildOptions): Promise<BuiltBinary> {
  const started = performance.now();
  const sha256 = await compileInto(build, folder, options).catch((thrown: unknown) => {
    throw buildFailure(build, thrown);
  });
  const durationMs = performance.now() - started;
  await rememberDuration(durationName(build), durationMs);
  return { path: join(folder, build.name), home: homeDir(folder), sha256, cached: false, durationMs };
}

async function compileInto(build: GoBuild, folder: string, options: BuildOptions): Promise<string> {
  await checkFreeDisk();
  const packages = build.cgo ? await missingCompiler() : [];
  if (packages.length > 0) {
    options.step.note(`installing ${packages.join(', ')}`);
    await installPackages(packages, options.signal);
  }
  return withScratch(build.name, (scratch) =>
    withGoCache(options, async () => {
      const env = goEnvironment({ goCache: goCacheDir(), temp: scratch }, options.runId, build.cgo);
      const compiled = await compile(build, scratch, { env, signal: options.signal }, options.step);
      const sha256 = await digestOf(compiled.binary);
      await place(compiled, folder, build, sha256);
      return sha256;
    }),
  );
}

/** Moves the binary and its record to where they belong; the folder appears complete or not at all. */
async function place({ binary, home }: Compiled, folder: string, build: GoBuild, sha256: string): Promise<void> {
  const draft = join(dirname(binary), 'finished');
  await mkdir(draft);
  await rename(binary, join(draft, build.name));
  await chmod(join(draft, build.name), 0o755);
  if (home !== undefined) await rename(home, homeDir(draft));
  await writeFile(join(draft, 'build.json'), `${JSON.stringify({ sha256 })}\n`);
  await mkdir(dirname(folder), { recursive: true });
  // What is there holds no readable record, or it would have been taken from the cache.
  await rm(folder, { recursive: true, force: true });
  await rename(draft, folder);
}

/** The binary's digest where the cache holds it; marks it as used, which is what pruning goes by. */
async function findBinary(folder: string, build: GoBuild): Promise<string | undefined> {
  try {
    const { sha256 } = Record.parse(JSON.parse(await readFile(join(folder, 'build.json'), 'utf8')));
    await utimes(join(folder, build.name), new Date(), new Date());
    return sha256;
  } catch {
    return undefined;
  }
}

async function digestOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
