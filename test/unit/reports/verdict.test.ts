import { expect, it } from 'vitest';
import type { Verdict } from '../../../src/run/events.ts';
import { cgroupVersion } from '../../../src/reports/environment.ts';
import { runVerdict } from '../../../src/reports/verdict.ts';

const judged = (verdict: Verdict, twin: Verdict = 'fail') => ({ verdict, twin: { verdict: twin } });

it.each([
  ['all pass', [judged('pass'), judged('pass')], 'kept', 0, false],
  ['one fails', [judged('pass'), judged('fail')], 'broken', 1, false],
  ['the first of two fails', [judged('fail'), judged('pass')], 'broken', 1, false],
  ['one fails, one errs', [judged('error'), judged('fail')], 'broken', 1, true],
  ['one fails, one is skipped', [judged('skipped'), judged('fail')], 'broken', 1, true],
  ['one errs, one is skipped', [judged('error'), judged('skipped')], 'error', 3, true],
  ['one is skipped', [judged('pass'), judged('skipped')], 'partial', 4, true],
  ['no claim at all', [], 'error', 3, false],
  ['a twin that does not fail', [judged('pass', 'pass')], 'error', 3, true],
  ['a twin that could not be judged', [judged('pass', 'error')], 'error', 3, true],
  ['a broken claim whose twin holds', [judged('fail', 'pass')], 'broken', 1, false],
] as const)('%s', (_, claims, verdict, exitCode, partial) => {
  expect(runVerdict(claims)).toEqual({ verdict, exitCode, partial });
});

it('interrupted outranks what was judged', () => {
  expect(runVerdict([judged('fail')], true)).toEqual({ verdict: 'interrupted', exitCode: 130, partial: true });
});

it.each([
  ['cgroup /sys/fs/cgroup/cpu cgroup rw 0 0', 'v1'],
  ['cgroup2 /sys/fs/cgroup cgroup2 rw 0 0', 'v2'],
  ['a /sys/fs/cgroup/cpu cgroup rw 0 0\nb /sys/fs/cgroup/unified cgroup2 rw 0 0', 'hybrid'],
  ['tmpfs /cgroup tmpfs rw 0 0', 'none'],
] as const)('cgroup of mounts %j', (mounts, expected) => {
  expect(cgroupVersion(mounts)).toBe(expected);
});
