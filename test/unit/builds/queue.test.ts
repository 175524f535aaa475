import { expect, test } from 'vitest';
import { BuildQueue, type QueuedWork } from '../../../src/builds/queue.ts';

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

interface Three {
  readonly log: string[];
  readonly works: [ManualWork, ManualWork, ManualWork];
  readonly results: [Promise<string>, Promise<string>, Promise<string>];
  readonly abort: AbortController;
}

function three(concurrency?: number): Three {
  const log: string[] = [];
  const abort = new AbortController();
  const queue = new BuildQueue(abort.signal, concurrency);
  const works: Three['works'] = [new ManualWork('a', log), new ManualWork('b', log), new ManualWork('c', log)];
  return { log, works, abort, results: [queue.add(works[0]), queue.add(works[1]), queue.add(works[2])] };
}

test('works start in the order they were added, each after the one before, while the next is fetched', async () => {
  const { log, works, results } = three();
  works[2].gate.resolve('C');
  works[1].gate.resolve('B');
  await new Promise(setImmediate);
  expect(log.filter((line) => line.startsWith('start'))).toEqual(['start a']);
  works[0].gate.resolve('A');
  expect(await Promise.all(results)).toEqual(['A', 'B', 'C']);
  expect(log.filter((line) => line.startsWith('start'))).toEqual(['start a', 'start b', 'start c']);
  expect(log.indexOf('fetch c')).toBeLessThan(log.indexOf('start c'));
  expect(log.filter((line) => line === 'fetch c')).toHaveLength(1);
});

test('the first result is there before the second work ends', async () => {
  const { works, results } = three();
  works[0].gate.resolve('A');
  expect(await results[0]).toBe('A');
});

test('a work that fails fails alone, and so does a fetch', async () => {
  const queue = new BuildQueue(new AbortController().signal);
  const first = queue.add({ work: () => Promise.reject(new Error('no')) });
  const second = queue.add({ fetch: () => Promise.reject(new Error('no network')), work: async () => 'B' });
  await expect(first).rejects.toThrow('no');
  expect(await second).toBe('B');
});

test('after an abort nothing starts any more', async () => {
  const { log, works, results, abort } = three();
  await new Promise(setImmediate);
  abort.abort(new Error('interrupted'));
  works[0].gate.resolve('A');
  await expect(results[1]).rejects.toThrow('interrupted');
  await expect(results[2]).rejects.toThrow('interrupted');
  expect(log).not.toContain('start b');
});

test('two at a time where that is asked for', async () => {
  const { log } = three(2);
  await new Promise(setImmediate);
  expect(log.filter((line) => line.startsWith('start'))).toEqual(['start a', 'start b']);
});
