import { expect, test } from 'vitest';
import { decided, judgeCounters } from '../../../../suites/delivery/counters-judge.ts';
import type { Counter } from '../../../../suites/delivery/counters-judge.ts';

function counter(...values: readonly [string, number][]): Counter {
  return { what: 'orders\' own, scraped', query: 'orders_placed_total', series: values.map(([collector, value]) => ({ labels: { service: 'orders', collector }, value })) };
}

test('counters that equal the requests hold, over any number of series', () => {
  expect(judgeCounters(100, [counter(['a', 100]), counter(['a', 60], ['b', 40])])).toMatchObject({ holds: true, observed: expect.stringContaining('100 requests') });
});

test('a second scraper is named by what its copies differ in', () => {
  expect(judgeCounters(100, [counter(['a', 100], ['b', 100])])).toMatchObject({
    holds: false, observed: '100 requests; wrong: orders\' own, scraped 200', cause: 'orders\' own, scraped is there 2 times, by collector a and b',
  });
});

test('one too few does not hold, and neither does a counter that is not there, or none at all', () => {
  expect(judgeCounters(100, [counter(['a', 99])])).toMatchObject({ holds: false, cause: 'orders\' own, scraped: 99 in 1 series' });
  expect(judgeCounters(100, [counter()])).toMatchObject({ holds: false, cause: 'orders\' own, scraped is not in Mimir' });
  expect(judgeCounters(100, []).holds).toBe(false);
});

test('waiting ends when all are there, or one is beyond', () => {
  expect([decided(100, [counter(['a', 100])]), decided(100, [counter(['a', 99])]), decided(100, [counter(['a', 99]), counter(['a', 101])])]).toEqual([true, false, true]);
});
