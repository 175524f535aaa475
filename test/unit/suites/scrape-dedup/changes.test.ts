import { describe, expect, it } from 'vitest';
import { judgeChanges } from '../../../../suites/scrape-dedup/changes-judge.ts';
import type { Changed } from '../../../../suites/scrape-dedup/changes-judge.ts';
import suite from '../../../../suites/scrape-dedup/changes.suite.ts';

const intervalMs = 8000;
/** Samples every interval from one moment to another. */
const every = (fromMs: number, toMs: number): readonly number[] => Array.from({ length: Math.floor((toMs - fromMs) / intervalMs) + 1 }, (_, index) => fromMs + index * intervalMs);

function judged(series: Changed['series'], more: Partial<Changed> = {}) {
  return judgeChanges({
    changes: [{ what: 'node-4 joined', startMs: 10_000, readyMs: 15_000 }, { what: 'the collector of node-2 restarted', startMs: 50_000, readyMs: 52_000 }],
    before: ['a'], after: ['a'], startMs: 0, endMs: 100_000, intervalMs, series, ...more,
  });
}

describe('changes', () => {
  it('hold where a target goes from one collector to the next with two intervals missed', () => {
    const finding = judged([{ target: 'a', collector: 'old', timesMs: every(2000, 50_000) }, { target: 'a', collector: 'new', timesMs: every(74_000, 99_000) }]);
    expect(finding).toMatchObject({ holds: true, observed: '2 changes, 1 targets: 2 intervals missed at most, none doubled' });
    expect(finding.evidence[0]?.data).toMatchObject([{ 'targets that missed any': 0 }, { 'targets that missed any': 1, 'intervals missed at most': 2 }]);
  });

  it('a short gap between two collectors is no double', () => {
    expect(judged([{ target: 'a', collector: 'old', timesMs: every(2000, 50_000) }, { target: 'a', collector: 'new', timesMs: every(51_000, 99_000) }]).holds).toBe(true);
  });

  it('three intervals missed break it, and say when', () => {
    const finding = judged([{ target: 'a', collector: 'old', timesMs: every(2000, 50_000) }, { target: 'a', collector: 'new', timesMs: every(82_000, 99_000) }]);
    expect(finding.holds).toBe(false);
    expect(finding.observed).not.toMatch(suite.twin.symptom);
    expect(finding.cause).toBe('a: 3 intervals missed (58 s after the start, the collector of node-2 restarted); by new, old');
  });

  it('samples of a collector that did not let go are doubled', () => {
    const finding = judged([{ target: 'a', collector: 'old', timesMs: every(2000, 99_000) }, { target: 'a', collector: 'new', timesMs: every(21_000, 40_000) }]);
    expect(finding).toMatchObject({ holds: false, observed: '2 changes, 1 targets: 0 intervals missed at most, 1 targets doubled (3 samples)' });
  });

  it('every target through every collector is the twin\'s symptom', () => {
    const targets = Array.from({ length: 12 }, (_, index) => `t${index}`);
    const finding = judged(targets.flatMap((target) => ['one', 'other'].map((collector) => ({ target, collector, timesMs: every(2000, 99_000) }))), { before: targets, after: targets });
    expect(finding.observed).toMatch(suite.twin.symptom);
  });

  it('a target that was there and has no sample at the end is missed to the end; one that went is not', () => {
    const [stayed, went] = [[{ target: 'a', collector: 'c', timesMs: every(2000, 50_000) }], ['b']];
    expect(judged(stayed).holds).toBe(false);
    expect(judged([...stayed], { after: went, before: ['a'] }).evidence[1]?.data).toMatchObject([{ target: 'a', missed: 0 }, { target: 'b', missed: 0 }]);
  });
});
