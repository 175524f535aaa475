import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../../../src/run/events.ts';
import { until } from '../../../src/run/wait.ts';
import { snapshot } from '../clusters/snapshot.ts';
import { call, eventsIn, outputFolder, reportIn, start } from './cli.ts';

const reachTimeoutMs = 180_000;

/** Phases of a run, by the event that says it is in the midst of it. */
const phases: readonly (readonly [string, (event: RunEvent) => boolean])[] = [
  ['cluster', (event) => event.kind === 'step.note' && event.phase === 'cluster' && event.note.includes('DNS')],
  ['images onto the nodes', (event) => event.kind === 'step.started' && event.step.includes(' onto ')],
  ['platform', (event) => event.kind === 'step.note' && event.note.includes('allocator Ready')],
  ['suites', (event) => event.kind === 'step.note' && event.note.includes('every target scraped')],
];

describe('beside another run, which the look for what is left passes over', () => {
  test.concurrent.each(phases)('kill -9 in phase %s, then down: nothing of the run is left', async (_, reached) => {
    await using output = await outputFolder();
    // By its id: a down without one would take the neighbour that was killed just now as well.
    await killAndLookFor(['run', 'SD-2', '--output', output.path], output.path, reached, {}, (id) => ['down', id]);
  });
});

test('kill -9 while compiling, then down: no compiler is left', async () => {
  await using output = await outputFolder();
  const cache = await mkdtemp(join(tmpdir(), 'plumbline-cache-'));
  try {
    const compiling = (event: RunEvent): boolean => event.kind === 'step.note' && event.phase === 'images' && /packages/.test(event.note);
    await killAndLookFor(['run', 'SD-2', '--output', output.path], output.path, compiling, { XDG_CACHE_HOME: cache }, () => ['down']);
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});

test('Ctrl-C ends a run in order: exit 130, a report, and nothing left without any down', async () => {
  await using output = await outputFolder();
  const run = start(['run', 'SD-2', '--output', output.path], {}, { detached: true });
  const id = await reach(output.path, (event) => event.kind === 'step.note' && event.note.includes('every target scraped'));
  // A terminal sends it to the whole group, the suites' process included.
  process.kill(-(run.pid ?? NaN), 'SIGINT');
  expect((await run).exitCode).toBe(130);
  expect((await reportIn(output.path)).run).toMatchObject({ id, verdict: 'interrupted', exitCode: 130 });
  const left = await snapshot(id);
  expect([left.processes, left.links, left.namespaces].flat().filter((one) => one.includes(id))).toEqual([]);
  expect(left.files.filter((one) => one.endsWith(`/${id}`))).toEqual([]);
});

async function killAndLookFor(args: readonly string[], output: string, reached: (event: RunEvent) => boolean, env: Record<string, string>, down: (id: string) => readonly string[]): Promise<void> {
  const before = await snapshot('no-run');
  const run = start(args, env);
  const id = await reach(output, reached);
  run.kill('SIGKILL');
  await run;
  const ended = await call(...down(id));
  expect(ended.stdout).toContain(`${id}  removed`);
  // What names another run is in neither; what names this one must be gone.
  expect(await snapshot(id)).toEqual(before);
}

async function reach(output: string, reached: (event: RunEvent) => boolean): Promise<string> {
  return until('the phase', async () => {
    const events = await eventsIn(output);
    const [first] = events;
    return first?.kind === 'run.started' && events.some(reached) ? first.runId : undefined;
  }, { timeoutMs: reachTimeoutMs, intervalMs: 50 });
}
