import { expect, test } from 'vitest';
import { queueWorks, type QueuedWork } from '../../../src/builds/queue.ts';

/** A work that ends when its test says so. */
class ManualWork implements QueuedWork<string> {
  readonly name: string;
  readonly log: string[];
  readonly gate = Promise.withResolvers<string>();

  constructor(name: string, log: string[]) {
    this.name = name;
    this.log = log;
  }

  readonly fetch = async (): Promise<void> => {
    this.log.push(`fetch ${this.name}`);
  };

  readonly work = (): Promise<string> => {
    this.log.push(`start ${this.name}`);
    return this.gate.promise;
  };
}

function three(): { log: string[]; works: [ManualWork, ManualWork, ManualWork] } {
  const log: string[] = [];
  return { log, works: [new ManualWork('a', log), new ManualWork('b', log), new ManualWork('c', log)] };
}

test('works start in the given order, each after the one before, while the next is fetched', async () => {
  const { log, works } = three();
  const results = queueWorks(works, { signal: new AbortController().signal });
  works[2].gate.resolve('C');
  works[1].gate.resolve('B');
  await Promise.resolve();
  expect(log).not.toContain('start b');
  works[0].gate.resolve('A');
  expect(await Promise.all(results.values())).toEqual(['A', 'B', 'C']);
  expect(log).toEqual(['fetch b', 'start a', 'fetch c', 'start b', 'start c']);
});

test('the first result is there before the second work ends', async () => {
  const { works } = three();
  const results = queueWorks(works, { signal: new AbortController().signal });
  works[0].gate.resolve('A');
  expect(await results.get('a')).toBe('A');
});

test('a work that fails fails alone', async () => {
  const { works } = three();
  const results = queueWorks(works, { signal: new AbortController().signal });
  works[0].gate.reject(new Error('no'));
  works[1].gate.resolve('B');
  await expect(results.get('a')).rejects.toThrow('no');
  expect(await results.get('b')).toBe('B');
});

test('after an abort nothing starts any more', async () => {
  const { log, works } = three();
  const abort = new AbortController();
  const results = queueWorks(works, { signal: abort.signal });
  abort.abort(new Error('interrupted'));
  works[0].gate.resolve('A');
  await expect(results.get('b')).rejects.toThrow('interrupted');
  await expect(results.get('c')).rejects.toThrow('interrupted');
  expect(log).not.toContain('start b');
});

test('two at a time where that is asked for', async () => {
  const { log, works } = three();
  queueWorks(works, { signal: new AbortController().signal, concurrency: 2 });
  await Promise.resolve();
  expect(log.filter((line) => line.startsWith('start'))).toEqual(['start a', 'start b']);
});
