import { expect, test } from 'vitest';
import { reckon } from '../../../helpers/reckon.ts';
import type { Accounts } from '../../../helpers/reckon.ts';

const items = (...numbers: number[]): Uint32Array => Uint32Array.from(numbers);
const upTo = (end: number): number[] => Array.from({ length: end }, (_, item) => item);

function accounts(changes: Partial<Accounts>): Accounts {
  const all = items(...upTo(10));
  return { sent: 10, acknowledged: [[0, 10]], refused: [], firstLook: all, lastLook: all, ...changes };
}

test('a flow that is stored once is clean', () => {
  expect(reckon(accounts({ others: { other: items() } }))).toEqual({
    sent: 10, acknowledged: 10, refused: 0, unanswered: 0, stored: 10, lost: 0, lostRanges: [], doubled: 0, doubledRanges: [],
    foreign: 0, foreignRanges: [], foreignTo: { other: 0 }, late: 0, refusedStored: 0, neverSent: 0,
  });
});

test('only what was acknowledged can be lost, and a 2xx that stored nothing is a loss', () => {
  const found = items(0, 1, 2, 9);
  const { lost, lostRanges, refused, refusedStored, unanswered, stored } = reckon(accounts({
    acknowledged: [[0, 5], [8, 9]], refused: [[5, 8]], firstLook: found, lastLook: found,
  }));
  expect({ lost, lostRanges, refused, refusedStored, unanswered, stored }).toEqual({
    lost: 3, lostRanges: [[3, 4], [8, 8]], refused: 3, refusedStored: 0, unanswered: 1, stored: 4,
  });
});

test('what is refused and stored all the same is counted', () => {
  expect(reckon(accounts({ acknowledged: [[0, 4]], refused: [[4, 10]] })).refusedStored).toBe(6);
});

test('late is what the first look lacked and the last one had', () => {
  const reckoning = reckon(accounts({ firstLook: items(0, 1, 2), lastLook: items(...upTo(9)) }));
  expect(reckoning).toMatchObject({ late: 6, lost: 1, lostRanges: [[9, 9]] });
});

test('doubles count by item, however often each was found', () => {
  const found = items(...upTo(10), 4, 4, 4, 5, 7);
  expect(reckon(accounts({ firstLook: found, lastLook: found }))).toMatchObject({ stored: 10, doubled: 3, doubledRanges: [[4, 5], [7, 7]] });
});

test('an item is foreign once, and each stranger is named with what it found', () => {
  const { foreign, foreignRanges, foreignTo } = reckon(accounts({ others: { dev: items(1, 2, 2), test: items(2, 3), none: items() } }));
  expect({ foreign, foreignRanges, foreignTo }).toEqual({ foreign: 3, foreignRanges: [[1, 3]], foreignTo: { dev: 2, test: 2, none: 0 } });
});

test('numbers that were never sent do not vanish, whoever found them', () => {
  const found = items(...upTo(10), 10, 0xFFFF_FFFF);
  expect(reckon(accounts({ lastLook: found, others: { dev: items(11) } })).neverSent).toBe(3);
});

test('of many ranges the first five are told, and all items counted', () => {
  const found = items(...upTo(40).filter((item) => item % 2 === 0));
  const { lost, lostRanges } = reckon(accounts({ sent: 40, acknowledged: [[0, 40]], firstLook: found, lastLook: found }));
  expect({ lost, lostRanges }).toEqual({ lost: 20, lostRanges: [[1, 1], [3, 3], [5, 5], [7, 7], [9, 9]] });
});
