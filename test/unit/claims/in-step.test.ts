import { expect, test } from 'vitest';
import { InStep } from '../../../src/claims/in-step.ts';

test('work is done once, when all sides have come to it, and again for the next', async () => {
  const steps = new InStep(2);
  const done: string[] = [];
  const work = (name: string) => async (): Promise<void> => void done.push(name);
  const first = steps.arrive(work('first side'));
  await Promise.resolve();
  expect(done).toEqual([]);
  await Promise.all([first, steps.arrive(work('second side'))]);
  expect(done).toEqual(['first side']);
  await Promise.all([steps.arrive(work('again')), steps.arrive(work('again'))]);
  expect(done).toEqual(['first side', 'again']);
});

test('one that is over is not waited for', async () => {
  const steps = new InStep(2);
  const done: string[] = [];
  const waiting = steps.arrive(async () => void done.push('the other'));
  steps.leave();
  await waiting;
  await steps.arrive(async () => void done.push('alone'));
  expect(done).toEqual(['the other', 'alone']);
});

test('what the work fails of, every side meets', async () => {
  const steps = new InStep(2);
  const sides = [steps.arrive(() => Promise.reject(new Error('no node'))), steps.arrive(() => Promise.resolve())];
  expect((await Promise.allSettled(sides)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
