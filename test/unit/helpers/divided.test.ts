import { expect, test } from 'vitest';
import { changedLines } from '../../../helpers/changed-lines.ts';
import { divide } from '../../../helpers/divided.ts';
import type { Divided } from '../../../helpers/divided.ts';

const flow = (first: readonly number[], second: readonly number[], more: Partial<Divided> = {}): Divided => ({
  sent: 8, acknowledged: [[0, 8]], refused: [], spansPerTrace: 2, first: Uint32Array.from(first), second: Uint32Array.from(second), ...more,
});

test('each span is in one backend, in both or lost, and a trace that both have a part of is told apart', () => {
  expect(divide(flow([0, 1, 2], [2, 3, 4, 5]))).toEqual({
    sent: 8, acknowledged: 8, lost: 2, lostRanges: [[6, 7]], onlyFirst: 2, onlySecond: 3, both: 1, repeated: 0,
    traces: { first: 1, second: 1, inBoth: 1, incomplete: 1 },
  });
});

test('what was not acknowledged is no loss, what one backend has twice is neither in both nor two', () => {
  expect(divide(flow([0, 0, 1], [2, 3, 4, 5], { acknowledged: [[0, 6]], refused: [[6, 8]] }))).toMatchObject({ acknowledged: 6, lost: 0, onlyFirst: 2, onlySecond: 4, both: 0, repeated: 1 });
});

test('a trace that is cut short at the flow\'s end is whole with what was sent of it', () => {
  expect(divide(flow([0, 1, 2], [], { sent: 3, acknowledged: [[0, 3]] })).traces).toEqual({ first: 2, second: 0, inBoth: 0, incomplete: 0 });
});

test('one changed line is shown between its neighbours', () => {
  expect(changedLines('a\nb: 1\nc', 'a\nb: 2\nc')).toEqual({ removed: ['b: 1'], added: ['b: 2'], shown: ' a\n-b: 1\n+b: 2\n c' });
  expect(changedLines('a\nb\nc\nd', 'x\nb\nc\ny')).toMatchObject({ removed: ['a', 'b', 'c', 'd'], added: ['x', 'b', 'c', 'y'] });
  expect(changedLines('a\nb', 'a\nb\nb')).toMatchObject({ removed: [], added: ['b'] });
  expect(changedLines('a\nb', 'a\nb')).toEqual({ removed: [], added: [], shown: '' });
});
