import { expect, test } from 'vitest';
import { judgeHashing, lacking } from '../../../../suites/scrape-dedup/hashing-judge.ts';
import type { Phase } from '../../../../suites/scrape-dedup/hashing-judge.ts';
import { storedTwice } from '../../../../suites/scrape-dedup/stored-twice.ts';

const intervalMs = 8000;
const targets = Array.from({ length: 480 }, (_, index) => ({ pod: 't', node: 'node-1', address: '10.0.0.1', port: index, target: `t:${index}` }));

/** Gives target `index` to collector `of(index)`; those without any are known all the same. */
function phase(what: string, collectors: number, of: (index: number) => number, more: Partial<Phase> = {}): Phase {
  const byCollector = new Map(Array.from({ length: collectors }, (_, one) => [`c-${one}`, targets.filter((_, index) => of(index) === one).map(({ port }) => `10.0.0.1:${port}`)]));
  return { what, collectors, settledAtMs: 100_000, byCollector, ...more };
}

/** One sample of each target 20 s after the change. */
const storedOnce = targets.map(({ target }) => ({ target, collector: 'c-0', timesMs: [120_000] }));
const three = phase('at 3', 3, (index) => index % 3);
/** Two of five move to the new ones, as few as can. */
const toFive = (index: number): number => (index % 5 < 2 ? 3 + index % 2 : index % 3);
const five = phase('at 5', 5, toFive, { series: storedOnce });

test('as few moves as can be, evenly spread and stored once, keep the claim', () => {
  expect(judgeHashing({ targets, phases: [three, five, three], intervalMs })).toMatchObject({ holds: true, observed: expect.stringMatching(/^480 targets, \d+ % off even at most; 40, 40 % moved; none stored twice$/) });
});

test('collectors that get nothing are named', () => {
  const finding = judgeHashing({ targets, phases: [three, phase('at 5', 5, (index) => index % 3, { series: storedOnce })], intervalMs });
  expect(finding).toMatchObject({ holds: false, observed: expect.stringContaining('at 5 2 of 5 collectors have far from 96 targets') });
  expect(finding.cause).toContain('c-3 has 0');
});

test('a spread at the bound is kept by chance, one far beyond it is not', () => {
  const withFirst = (count: number): Phase => phase('at 3', 3, (index) => (index < count ? 0 : 1 + index % 2));
  // 35 % less than 160 are 104; a ring at that very bound puts 95 there one time in six.
  expect(judgeHashing({ targets, phases: [withFirst(95)], intervalMs }).holds).toBe(true);
  expect(judgeHashing({ targets, phases: [withFirst(70)], intervalMs }).observed).toContain('far from 160 targets');
  expect(judgeHashing({ targets, phases: [withFirst(260)], intervalMs }).observed).toContain('far from 160 targets');
});

test('moves between collectors that stay are needless, up to 15 % of the targets', () => {
  const shifted = (share: number): Phase => phase('anew', 3, (index) => (index < share * 480 ? index + 1 : index) % 3);
  expect(judgeHashing({ targets, phases: [three, shifted(0.15)], intervalMs }).holds).toBe(true);
  const finding = judgeHashing({ targets, phases: [three, shifted(0.2)], intervalMs });
  expect(finding).toMatchObject({ holds: false, observed: 'anew 20 % moved, though 0 % had to' });
  // What comes from a collector that is gone had to move.
  expect(judgeHashing({ targets, phases: [five, phase('back', 3, (index) => index % 3, { series: storedOnce })], intervalMs }).holds).toBe(true);
});

test('a target stored through two collectors later than two intervals after the change breaks the claim, before that it does not', () => {
  const twiceAt = (atMs: number): NonNullable<Phase['series']> => [...storedOnce, { target: 't:7', collector: 'c-1', timesMs: [atMs] }, { target: 't:7', collector: 'c-2', timesMs: [atMs + 1000] }];
  expect(judgeHashing({ targets, phases: [three, { ...five, series: twiceAt(110_000) }], intervalMs }).holds).toBe(true);
  const finding = judgeHashing({ targets, phases: [three, { ...five, series: twiceAt(130_000) }], intervalMs });
  expect(finding).toMatchObject({ holds: false, observed: 'at 5 1 samples stored twice' });
  expect(finding.cause).toContain('t:7 by c-1 and c-2, 31.0 s after the change');
});

test('a target that nobody stores any more, or that nobody has, breaks the claim', () => {
  expect(judgeHashing({ targets, phases: [three, { ...five, series: storedOnce.slice(1) }], intervalMs }).cause).toBe('at 5 1 of 480 targets not stored any more, e.g. t:0');
  expect(judgeHashing({ targets, phases: [phase('at 3', 3, (index) => (index === 9 ? 7 : index % 3))], intervalMs }).observed).toBe('at 3 1 of 480 targets not assigned to one collector, e.g. t:9');
  expect(lacking(targets, five.byCollector, 3)).toBe('5 of 3 collectors known to the allocator');
});

test('one collector that takes over from another does not store twice, nor does one whose scrapes jitter', () => {
  const handedOver = [{ target: 't', collector: 'a', timesMs: [0, 8000] }, { target: 't', collector: 'b', timesMs: [15_000, 23_000] }];
  expect(storedTwice(handedOver, 0, intervalMs).all).toEqual([]);
  expect(storedTwice([{ target: 't', collector: 'a', timesMs: [0, 5000, 16_000] }], 0, intervalMs).all).toEqual([]);
  const both = [{ target: 't', collector: 'a', timesMs: [0, 8000, 16_000] }, { target: 't', collector: 'b', timesMs: [4000, 12_000] }];
  expect(storedTwice(both, 0, intervalMs)).toMatchObject({ lastMs: 16_000, all: { length: 4 } });
});
