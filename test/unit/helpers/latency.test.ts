import { expect, test } from 'vitest';
import { p99Ratio } from '../../../helpers/latency.ts';
import type { Timed } from '../../../helpers/latency.ts';

/** A hundred requests a second whose latencies go round from 1 to 100 tenths of a millisecond. */
function requests(seconds: number, factor: number, startMs = 0): readonly Timed[] {
  return Array.from({ length: seconds * 100 }, (_, index) => ({ atMs: startMs + index * 10, ms: (index * 37 % 100 + 1) / 10 * factor }));
}

test('the same latencies have a ratio of 1, and an interval around it', () => {
  const { ratio, low, high, baseMs } = p99Ratio(requests(20, 1), requests(20, 1, 20_000));
  expect({ ratio, baseMs }).toEqual({ ratio: 1, baseMs: 9.9 });
  expect(low).toBeLessThanOrEqual(1);
  expect(high).toBeGreaterThanOrEqual(1);
});

test('twice as slow all the time is seen with confidence', () => {
  const { ratio, low } = p99Ratio(requests(20, 1), requests(20, 2, 20_000));
  expect(ratio).toBe(2);
  expect(low).toBeGreaterThan(1.5);
});

test('one pause of the machine lifts the p99 and not the confidence', () => {
  const under = requests(20, 1, 20_000).map((one, index) => (index < 40 ? { ...one, ms: 300 } : one));
  const { ratio, low, high } = p99Ratio(requests(20, 1), under);
  expect(ratio).toBeGreaterThan(10);
  expect(low).toBeLessThan(1.5);
  expect(high).toBeGreaterThan(10);
});

test('the same numbers have the same interval', () => {
  const once = p99Ratio(requests(5, 1), requests(5, 1.3, 5000));
  expect(p99Ratio(requests(5, 1), requests(5, 1.3, 5000))).toEqual(once);
});

test('nothing to compare is no ratio', () => {
  expect(() => p99Ratio([], requests(1, 1))).toThrow('no latencies to compare: 0 and 100');
});
