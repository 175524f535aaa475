import { expect, test } from 'vitest';
import { until } from '../../../src/run/wait.ts';
import { snapshot } from '../clusters/snapshot.ts';
import { call, eventsIn, outputFolder, start } from '../run/cli.ts';

test('kill -9 while a point is measured, then down: nothing of the simulation is left', async () => {
  await using output = await outputFolder();
  const before = await snapshot('no-run');
  const run = start(['simulate', '--nodes', '10', '--targets', '100', '--output', output.path]);
  const id = await until('an allocator at work', async () => {
    const events = await eventsIn(output.path);
    const [first] = events;
    const atWork = events.some((event) => event.kind === 'step.note' && event.phase === 'simulate' && event.note.includes('collectors'));
    return first?.kind === 'run.started' && atWork ? first.runId : undefined;
  }, { timeoutMs: 120_000, intervalMs: 50 });
  run.kill('SIGKILL');
  await run;
  // The API server, etcd and an allocator, at least.
  expect((await snapshot(id)).processes.length).toBeGreaterThanOrEqual(3);
  expect((await call('down', id)).stdout).toContain(`${id}  removed`);
  expect(await snapshot(id)).toEqual(before);
});
