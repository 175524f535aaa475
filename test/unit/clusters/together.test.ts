import { expect, it } from 'vitest';
import { together } from '../../../src/clusters/together.ts';

it('answers all values in order', async () => {
  expect(await together(new AbortController(), [Promise.resolve(1), Promise.resolve('a')] as const)).toEqual([1, 'a']);
});

it('stops the others on the first failure, waits for them, and throws the first', async () => {
  const stop = new AbortController();
  const events: string[] = [];
  const slow = new Promise<void>((_, reject) => stop.signal.addEventListener('abort', () => setImmediate(() => { events.push('other stopped'); reject(new Error('second')); })));
  await together(stop, [slow, Promise.reject(new Error('first'))]).catch((error: Error) => events.push(error.message));
  expect(events).toEqual(['other stopped', 'first']);
});
