import { expect, test } from 'vitest';
import { p99Ratio } from '../../../helpers/latency.ts';

/** Phases of 400 requests whose latencies go round from 1 to 100 tenths of a millisecond. */
function phases(count: number, factor: number): readonly (readonly number[])[] {
  return Array.from({ length: count }, () => Array.from({ length: 400 }, (_, index) => (index * 37 % 100 + 1) / 10 * factor));
}

const slowed = (phase: readonly number[] = []): readonly number[] => phase.map((ms) => ms * 20);

test('the same latencies have a ratio of 1, and an interval around it', () => {
  expect(p99Ratio(phases(5, 1), phases(5, 1))).toEqual({ baseMs: 9.9, underMs: 9.9, ratio: 1, low: 1, high: 1, baseRequests: 2000, underRequests: 2000 });
});

test('twice as slow in every phase is seen with confidence', () => {
  const { ratio, low } = p99Ratio(phases(5, 1), phases(5, 2));
  expect(ratio).toBe(2);
  expect(low).toBeGreaterThan(1.5);
});

test('a machine that is slow in one phase, whichever, lifts the p99 and not the confidence', () => {
  const [first, ...rest] = phases(5, 1);
  const { ratio, low, high } = p99Ratio(phases(5, 1), [slowed(first), ...rest]);
  expect(ratio).toBeGreaterThan(10);
  expect(low).toBeLessThan(1.5);
  expect(high).toBeGreaterThan(10);
});

test('the same numbers have the same interval', () => {
  const under = [...phases(3, 1.3), ...phases(2, 0.9)];
  expect(p99Ratio(phases(5, 1), under)).toEqual(p99Ratio(phases(5, 1), under));
});

test('an empty phase counts for nothing, and nothing at all is no ratio', () => {
  expect(p99Ratio([[], ...phases(2, 1)], phases(2, 1)).ratio).toBe(1);
  expect(() => p99Ratio([[]], phases(1, 1))).toThrow('no latencies to compare: 0 and 400');
});
