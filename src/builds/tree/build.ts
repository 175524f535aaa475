import { mkdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { runVariable } from '../../processes/proc.ts';
import { rememberDuration, usualMs } from '../../run/durations.ts';
import { durationName, type BuildOptions } from '../binary.ts';
import { exclusively } from '../exclusive.ts';
import { buildFailure } from '../failure.ts';
import { checkFreeDisk, treeDir, withScratch } from '../folders.ts';
import type { TreeBuild } from '../recipe.ts';
import { addLibraries } from './closure.ts';
import { treeKey } from './key.ts';
import { layPart } from './lay.ts';
import { ensureTools } from './tools.ts';

export interface BuiltTree {
  /** The folder that is the image's root. */
  readonly root: string;
  readonly cached: boolean;
  readonly durationMs: number;
}

/** Bytes. The largest tree seen (Node, its packages and the draft of its archive) took 0.6 GiB; npm and Maven keep as much again. */
export const neededTreeBytes = 2 * 1024 ** 3;

const Record = z.object({ complete: z.literal(true) });

/** Changes nothing. Without the tools there is no key, and nothing is cached under it. */
export async function treeCacheState(build: TreeBuild): Promise<{ readonly cached: boolean; readonly usualMs: number }> {
  const key = await treeKey(build).catch(() => undefined);
  const cached = key !== undefined && await isComplete(treeDir(build, key));
  return { cached, usualMs: (await usualMs(durationName(build))) ?? build.usualSeconds * 1000 };
}

/**
 * Answers the build's tree, from the cache or put together. Two runs that need the same build it once: the second waits.
 *
 * @throws PlumblineError PL-TOOL-MISSING, PL-DISK-FULL, PL-BUILD-UNAVAILABLE (a package that cannot be had), PL-CHECKSUM-WRONG,
 *   PL-BUILD-FAILED with the tool's last lines; the signal's reason when that aborts
 */
export async function buildTree(build: TreeBuild, options: BuildOptions): Promise<BuiltTree> {
  const started = performance.now();
  await ensureTools(build, { signal: options.signal, note: (text) => options.step.note(text) });
  const folder = treeDir(build, await treeKey(build));
  const waiting = { ...options, waitingFor: `the build of ${build.name} ${build.version}` };
  const found = async (): Promise<BuiltTree | undefined> => {
    if (!(await isComplete(folder))) return undefined;
    options.step.cached();
    return { root: join(folder, 'root'), cached: true, durationMs: performance.now() - started };
  };
  // Asked again inside: the run that held the lock before may have built it.
  return (await found()) ?? exclusively(folder, waiting, async () => (await found()) ?? make(build, folder, options));
}

async function make(build: TreeBuild, folder: string, options: BuildOptions): Promise<BuiltTree> {
  const started = performance.now();
  await assemble(build, folder, options).catch((thrown: unknown) => {
    throw buildFailure(build, thrown);
  });
  const durationMs = performance.now() - started;
  await rememberDuration(durationName(build), durationMs);
  return { root: join(folder, 'root'), cached: false, durationMs };
}

async function assemble(build: TreeBuild, folder: string, { signal, runId, step }: BuildOptions): Promise<void> {
  await checkFreeDisk(neededTreeBytes);
  await withScratch(build.name, async (scratch) => {
    const draft = join(scratch, 'finished');
    const root = join(draft, 'root');
    await mkdir(root, { recursive: true });
    // `down` finds what a killed run left by its variable; /tmp may be memory.
    const env = { [runVariable]: runId, TMPDIR: scratch };
    for (const part of build.parts) await layPart(part, root, { scratch, env, signal, note: (text) => step.note(text) });
    step.note('adding shared libraries');
    await addLibraries(root);
    await writeFile(join(draft, 'build.json'), `${JSON.stringify({ complete: true })}\n`);
    await mkdir(dirname(folder), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(draft, folder);
  });
}

/** Whether the cache holds it whole; marks it as used, which is what pruning goes by. */
async function isComplete(folder: string): Promise<boolean> {
  try {
    const record = join(folder, 'build.json');
    Record.parse(JSON.parse(await readFile(record, 'utf8')));
    await utimes(record, new Date(), new Date());
    return true;
  } catch {
    return false;
  }
}
