import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../../src/run/events.ts';
import { cgroupVersion } from '../../../src/reports/environment.ts';
import { junitXml } from '../../../src/reports/junit.ts';
import { summary } from '../../../src/reports/summary.ts';
import { runVerdict } from '../../../src/reports/verdict.ts';
import { claim, report, style } from './samples.ts';

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

describe('claims that do not bind', () => {
  const free = (verdict: 'pass' | 'fail' | 'error' | 'skipped') => ({ ...claim({ verdict }), binding: false as const });

  it('have no say in the run, whatever becomes of them', () => {
    expect((['fail', 'error', 'skipped'] as const).map((verdict) => runVerdict([claim(), free(verdict)]).exitCode)).toEqual([0, 0, 0]);
    expect(runVerdict([claim({ verdict: 'fail' }), free('pass')]).exitCode).toBe(1);
  });

  it('alone decide nothing: such a run is partial', () => {
    expect(runVerdict([free('pass'), free('fail')])).toEqual({ verdict: 'partial', exitCode: 4, partial: true });
    expect(summary(report([free('pass'), free('fail')]), style(160))).toMatch(/No claim that binds was judged: 1 pass, 1 fail that do not bind in .* \(exit 4\)/);
  });

  it('are told of in the sum, and are no failures for a CI system', () => {
    const run = report([claim(), free('fail')]);
    expect(summary(run, style(160))).toMatch(/does not bind\)[^]*Every claim that binds is kept: 1 pass; beside them 1 fail that does not bind in .* \(exit 0\)/);
    expect(junitXml(run)).not.toMatch(/<failure/);
    expect(junitXml(run)).toContain('does not bind: failure: ');
  });
});
