import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { RunReport } from '../../../src/reports/report.ts';
import type { RunEvent } from '../../../src/run/events.ts';
import { packageRoot } from '../../../src/run/paths.ts';

/** Plumbline as its user calls it: the launcher, in a folder of the test's own. */

/** Bounds one call; a cold machine builds everything in it. */
const callTimeoutMs = 50 * 60_000;

export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}, options: { readonly detached?: boolean; readonly cwd?: string } = {}) {
  return execa(join(packageRoot, 'plumbline'), args, { reject: false, timeout: callTimeoutMs, stdin: 'ignore', env, ...options });
}

export async function call(...args: readonly string[]): Promise<Ended> {
  const { exitCode, stdout, stderr } = await start(args);
  return { exitCode: exitCode ?? -1, stdout, stderr };
}

export async function outputFolder(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'plumbline-output-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

export async function reportIn(folder: string): Promise<RunReport> {
  return JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as RunReport;
}

/** The events of a run so far; a last line that is not written to its end yet is left out. */
export async function eventsIn(folder: string): Promise<readonly RunEvent[]> {
  const text = await readFile(join(folder, 'events.ndjson'), 'utf8').catch(() => '');
  return text.split('\n').slice(0, -1).map((line) => JSON.parse(line) as RunEvent);
}
