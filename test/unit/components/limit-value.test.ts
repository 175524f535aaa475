import { expect, test } from 'vitest';
import { durationSeconds, sameValue, sizeBytes } from '../../../src/components/limit-value.ts';

test.each([
  ['10m', '10m0s'], ['168h', '1w'], ['1024KB', '1MB'], [1_048_576, '1MB'], ['1MiB', '1MB'], [1000, '1000'], [true, true], [['a'], ['a']], [0, undefined], ['0s', undefined], [false, undefined],
])('%j and %j are the same value', (asked, shown) => expect(sameValue(asked, shown)).toBe(true));

test.each([
  ['10m', '11m'], [1, 2], ['1MB', '1KB'], [true, false], [1000, undefined], ['local', 'global'], ['10x', '10y'], [['a'], ['b']],
])('%j and %j are not', (asked, shown) => expect(sameValue(asked, shown)).toBe(false));

test('durations and sizes with several parts add up; other texts are none', () => {
  expect(durationSeconds('1h30m')).toBe(5400);
  expect(durationSeconds('1h30')).toBeUndefined();
  expect(sizeBytes('1.5KB')).toBe(1536);
  expect(sizeBytes('lots')).toBeUndefined();
});
