import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import { median } from 'simple-statistics';
import { z } from 'zod';
import { cacheDir } from './paths.ts';

/** How long steps took on this machine, so that a plan can say how long they usually take. */

const Durations = z.record(z.string(), z.array(z.number().nonnegative()));
type Durations = z.infer<typeof Durations>;

/** Enough that one slow run does not move the median. */
const keptPerStep = 5;
/** Bounds the file: names carry versions, so old ones are never overwritten. */
const keptSteps = 300;

/** The median of the step's last five durations in milliseconds; undefined where it never ran to its end. */
export async function usualMs(name: string): Promise<number | undefined> {
  const durations = (await read())[name];
  return durations && durations.length > 0 ? Math.round(median(durations)) : undefined;
}

/**
 * Remembers a duration in milliseconds of a step that did its work (not one served from a cache). Two runs that write
 * at the same moment may lose one of the two figures, never the file; and a file that cannot be written loses nothing
 * but an estimate, so that is no error.
 */
export async function rememberDuration(name: string, ms: number): Promise<void> {
  pending = pending.then(() => write(name, ms)).catch(() => undefined);
  return pending;
}

/** Writes of one process follow each other, so that steps that end together do not lose each other's figures. */
let pending: Promise<void> = Promise.resolve();

async function write(name: string, ms: number): Promise<void> {
  const durations = await read();
  const mine = [...(durations[name] ?? []), Math.round(ms)].slice(-keptPerStep);
  // Insertion order is age: taking the name out and in again keeps what is in use at the end.
  delete durations[name];
  durations[name] = mine;
  const kept = Object.fromEntries(Object.entries(durations).slice(-keptSteps));
  await mkdir(cacheDir(), { recursive: true });
  const draft = `${file()}.${nanoid(6)}`;
  try {
    await writeFile(draft, `${JSON.stringify(kept, null, 1)}\n`);
    await rename(draft, file());
  } finally {
    await rm(draft, { force: true });
  }
}

/** A missing or spoilt file is an empty one: estimates are then the recipes' own. */
async function read(): Promise<Durations> {
  const text = await readFile(file(), 'utf8').catch(() => '{}');
  try {
    return Durations.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function file(): string {
  return join(cacheDir(), 'durations.json');
}
