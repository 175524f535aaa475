import { expect, test } from 'vitest';
import { judgeStored } from '../../../suites/scrape-dedup/stored.ts';
import type { Stored } from '../../../suites/scrape-dedup/stored.ts';

const collectors = ['a', 'b', 'c'].map((pod, index) => ({ pod, node: `node-${index + 1}`, address: `10.0.0.${index}` }));
const targets = ['t-1', 't-2'].map((pod, index) => ({ pod, node: `node-${index + 1}`, address: `10.0.1.${index}`, target: pod, port: 8080 }));
const every2s = (startMs: number): number[] => Array.from({ length: 10 }, (_, index) => startMs + 2000 * index);

function stored(series: Stored['series'], assigned?: Stored['assigned']): Stored {
  return { targets, collectors, series, intervalMs: 2000, windowMs: 20_000, ...(assigned ? { assigned } : {}) };
}

const once = [
  { target: 't-1', collector: 'a', timesMs: every2s(100) },
  { target: 't-2', collector: 'b', timesMs: every2s(900) },
];
const eachAssigned = new Map([['10.0.1.0:8080', ['a']], ['10.0.1.1:8080', ['b']]]);

test('one sample an interval from one collector keeps the claim', () => {
  expect(judgeStored(stored(once, eachAssigned))).toMatchObject({ holds: true, observed: '2 of 2 targets once, factor 1.00 (20 samples in place of 20)' });
});

test('every collector scraping every target is named with its factor', () => {
  const series = targets.flatMap(({ pod }) => ['a', 'b', 'c'].map((collector, index) => ({ target: pod, collector, timesMs: every2s(index * 300) })));
  const finding = judgeStored(stored(series));
  expect(finding).toMatchObject({ holds: false, observed: 'every target by all 3 collectors, factor 3.00 (60 samples in place of 20)' });
  expect(finding.cause).toContain('t-1 (node-1): 30 samples by a, b, c');
});

test('a target that one collector stores twice an interval is doubled', () => {
  const twice = every2s(0).flatMap((time) => [time, time + 400]);
  const finding = judgeStored(stored([{ target: 't-1', collector: 'a', timesMs: twice }, once[1] as Stored['series'][number]]));
  expect(finding).toMatchObject({ holds: false });
  expect(finding.cause).toContain('t-1 (node-1): 20 samples by a; 10 doubled');
});

test('a gap of two intervals is a missed scrape', () => {
  const gap = every2s(0).filter((_, index) => index !== 5);
  const finding = judgeStored(stored([{ target: 't-1', collector: 'a', timesMs: gap }, once[1] as Stored['series'][number]]));
  expect(finding.cause).toContain('0 doubled, 1 missed');
});

test('a target without any sample is named', () => {
  expect(judgeStored(stored([once[0] as Stored['series'][number]])).cause).toContain('t-2 (node-2): 0 samples by nobody');
});

test('a target assigned twice, or to nobody, breaks the claim even when the samples look right', () => {
  expect(judgeStored(stored(once, new Map([['10.0.1.0:8080', ['a', 'c']], ['10.0.1.1:8080', ['b']]]))).cause).toBe('t-1 is assigned to a, c');
  expect(judgeStored(stored(once, new Map([['10.0.1.0:8080', ['a']]]))).cause).toBe('t-2 is assigned to nobody');
});
