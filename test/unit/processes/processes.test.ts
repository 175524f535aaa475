import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlumblineError } from '../../../src/errors.ts';
import { findByEnvironment, isAlive } from '../../../src/processes/proc.ts';
import { lastLinesOf, mustRun, startProcess } from '../../../src/processes/start.ts';
import { killGroup, signalProcess, stop } from '../../../src/processes/stop.ts';
import { until } from '../../../src/run/wait.ts';

let dir: string;
beforeAll(async () => void (dir = await mkdtemp(join(tmpdir(), 'plumbline-processes-'))));
afterAll(() => rm(dir, { recursive: true }));

const runId = `t${String(process.pid).slice(-5).padStart(5, '0')}`;
const sleeper = (name: string, script = 'exec sleep 600'): ReturnType<typeof startProcess> =>
  startProcess({ name, runId, command: '/bin/sh', args: ['-c', script], logFile: join(dir, `${name}.log`) });

describe('processes', () => {
  it('are found by the mark of their run, and only those', async () => {
    const one = await sleeper('one');
    try {
      // While it becomes the program that it execs, a process has no environment to read.
      const found = await until('the mark', async () => (await findByEnvironment('PLUMBLINE_RUN', runId)).map(({ pid }) => pid)[0], { timeoutMs: 5000, intervalMs: 20 });
      expect(found).toBe(one.pid);
      expect(await findByEnvironment('PLUMBLINE_RUN', `${runId}x`)).toEqual([]);
    } finally {
      await killGroup([one]);
    }
    expect(await isAlive(one)).toBe(false);
    expect(one.ended()).toBe('was ended by SIGKILL');
  });

  it('are not taken for a later process with the same pid', async () => {
    const one = await sleeper('identity');
    const later = { pid: one.pid, startTimeTicks: one.startTimeTicks - 1 };
    expect(await isAlive(later)).toBe(false);
    expect(await signalProcess(later, 'SIGKILL')).toBe(false);
    expect(await isAlive(one)).toBe(true);
    await killGroup([one]);
  });

  it('that ended on their own are reported with their last lines', async () => {
    const one = await sleeper('brief', 'echo first; echo "bind: address already in use" >&2; exit 7');
    await until('its end', () => one.ended(), { timeoutMs: 10_000, intervalMs: 5 });
    const thrown: unknown = await mustRun(one).catch((error: unknown) => error);
    expect(thrown instanceof PlumblineError && thrown.problem).toMatchObject({ code: 'PL-COMPONENT-EXITED', seen: 'it exited with code 7', lastLines: ['first', 'bind: address already in use'] });
    expect(await lastLinesOf(join(dir, 'no such file'))).toEqual([]);
  });

  it('get a second signal when they ignore the first', async () => {
    const deaf = await sleeper('deaf', 'trap "" TERM; echo ready; while :; do sleep 600; done');
    await until('the trap set', async () => ((await readFile(deaf.logFile, 'utf8')).includes('ready') ? true : undefined), { timeoutMs: 10_000, intervalMs: 5 });
    await stop(deaf, 50);
    expect(await isAlive(deaf)).toBe(false);
    await killGroup(await findByEnvironment('PLUMBLINE_RUN', runId));
  });
});
