import { describe, expect, it } from 'vitest';
import { PlumblineError } from '../../../src/errors.ts';
import { until, whileHolds } from '../../../src/run/wait.ts';

const problemOf = async (work: Promise<unknown>): Promise<PlumblineError['problem']> => {
  const thrown: unknown = await work.then(() => undefined, (error: unknown) => error);
  if (!(thrown instanceof PlumblineError)) throw new Error(`expected a PlumblineError, saw ${String(thrown)}`);
  return thrown.problem;
};

describe('until', () => {
  it('answers the first defined value, false and 0 included', async () => {
    const answers = [undefined, undefined, 0, 7];
    expect(await until('a number', () => answers.shift(), { timeoutMs: 5000, intervalMs: 1 })).toBe(0);
    expect(answers).toEqual([7]);
  });

  it('ends with what was seen last, the cause and the component’s last lines', async () => {
    let looks = 0;
    const problem = await problemOf(
      until('2 nodes Ready', () => { throw new Error(`outer ${++looks}`, { cause: new Error(`connect ECONNREFUSED ${looks}`) }); },
        { timeoutMs: 20, intervalMs: 5, lastLines: () => ['one', 'two'] }),
    );
    expect(problem).toMatchObject({ code: 'PL-WAIT-TIMEOUT', kind: 'environment', seen: `connect ECONNREFUSED ${looks}`, lastLines: ['one', 'two'] });
    expect(problem.expected).toContain('2 nodes Ready');
    expect(looks).toBeGreaterThan(1);
  });

  it('takes a PlumblineError of the probe as final', async () => {
    let looks = 0;
    const final = new PlumblineError({ code: 'PL-COMPONENT-EXITED', kind: 'environment', expected: 'a', seen: 'b', next: 'c' });
    await expect(until('x', () => { looks++; throw final; }, { timeoutMs: 5000, intervalMs: 1 })).rejects.toBe(final);
    expect(looks).toBe(1);
  });

  it('is not held up by a probe that hangs', async () => {
    const problem = await problemOf(until('an answer', () => new Promise<number>(() => {}), { timeoutMs: 10 }));
    expect(problem).toMatchObject({ code: 'PL-WAIT-TIMEOUT', seen: 'no answer before the deadline' });
  });

  it('keeps what was seen before a look that hangs', async () => {
    let looks = 0;
    const problem = await problemOf(until('x', () => { if (++looks === 1) throw new Error('connection refused'); return new Promise<number>(() => {}); }, { timeoutMs: 20, intervalMs: 1 }));
    expect(problem.seen).toBe('connection refused');
    expect(looks).toBe(2);
  });

  it('ends with the reason of an aborted signal, in the pause as well', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const waiting = until('x', () => { queueMicrotask(() => stop.abort(reason)); return undefined; }, { timeoutMs: 60_000, intervalMs: 60_000, signal: stop.signal });
    await expect(waiting).rejects.toBe(reason);
  });

  it('notes each new cause once', async () => {
    const notes: string[] = [];
    const causes = ['a', 'a', 'b'];
    await until('x', ({ saw }) => { const cause = causes.shift(); if (cause) saw(cause); return cause ? undefined : 1; },
      { timeoutMs: 5000, intervalMs: 1, step: { note: (text) => notes.push(text) } });
    expect(notes).toEqual(['x: a', 'x: b']);
  });
});

describe('whileHolds', () => {
  it('looks until the window has passed and answers the last value', async () => {
    let looks = 0;
    expect(await whileHolds('no sample', () => ++looks, { forMs: 30, intervalMs: 5 })).toBe(looks);
    expect(looks).toBeGreaterThan(1);
  });

  it('is broken by the first look that fails', async () => {
    let looks = 0;
    const problem = await problemOf(whileHolds('no sample of tenant b', () => { if (++looks === 3) throw new Error('1 sample'); }, { forMs: 5000, intervalMs: 1 }));
    expect(problem).toMatchObject({ code: 'PL-WAIT-BROKEN', seen: '1 sample' });
    expect(looks).toBe(3);
  });

  it('is broken by a look that never ends: not having seen is not absence', async () => {
    const problem = await problemOf(whileHolds('no sample', () => new Promise<undefined>(() => {}), { forMs: 10 }));
    expect(problem.code).toBe('PL-WAIT-BROKEN');
  });
});
