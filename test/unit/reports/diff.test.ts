import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClaimResult } from '../../../src/claims/result.ts';
import { diff } from '../../../src/cli/diff.ts';
import { baselineText, parseComparable } from '../../../src/reports/comparable.ts';
import { diffText } from '../../../src/reports/diff-text.ts';
import { diffReports } from '../../../src/reports/diff.ts';
import { sawOther } from '../../../src/reports/observed.ts';
import type { RunReport } from '../../../src/reports/report.ts';
import type { Verdict } from '../../../src/run/events.ts';
import { cell, claim, matrixClaim, report, style, twin } from './samples.ts';

const read = (run: RunReport) => parseComparable(JSON.stringify(run), 'x');
const differ = (a: readonly ClaimResult[], b: readonly ClaimResult[], over: Partial<RunReport> = {}) => diffReports(read(report(a)), read(report(b, over)));
const verdictOf = (before: Verdict, after: Verdict) => differ([claim({ verdict: before })], [claim({ verdict: after })]);

describe('verdicts', () => {
  it.each([
    ['pass', 'fail', 'worse'], ['pass', 'skipped', 'worse'], ['pass', 'error', 'worse'], ['skipped', 'error', 'worse'], ['error', 'fail', 'worse'],
    ['fail', 'pass', 'better'], ['skipped', 'pass', 'better'], ['fail', 'error', 'other'], ['error', 'skipped', 'other'],
  ] as const)('from %s to %s is %s', (before, after, change) => {
    const found = verdictOf(before, after);
    expect(found.verdicts).toMatchObject([{ id: 'SD-1', change, before, after, decides: true }]);
    expect(found.worse).toBe(change === 'worse');
  });

  it('of equal reports are no change', () => {
    expect(differ([claim(), matrixClaim()], [claim(), matrixClaim()])).toEqual({ verdicts: [], versions: [], observations: [], durations: [], compared: 2, worse: false });
  });

  it('that are new or gone are told, and are not worse', () => {
    const found = differ([claim({ id: 'SD-1' })], [claim({ id: 'SD-2', verdict: 'fail' })]);
    expect(found.verdicts.map(({ id, change }) => `${id} ${change}`)).toEqual(['SD-1 gone', 'SD-2 new']);
    expect([found.worse, found.compared]).toEqual([false, 0]);
  });

  it('of what does not bind, or is only measured, are told and decide nothing', () => {
    expect(differ([claim()], [claim({ verdict: 'fail', binding: false })])).toMatchObject({ verdicts: [{ change: 'worse', decides: false }], worse: false });
    const better = { ...matrixClaim(), cells: [...(matrixClaim().cells ?? []).slice(0, 2), cell('0.127.0', '0.131.0', 'measured')] };
    expect(differ([better], [matrixClaim()])).toMatchObject({ verdicts: [{ id: 'VC-1', cell: 'allocator 0.127.0, collector 0.131.0', change: 'worse', decides: false }], worse: false });
  });

  it('of a repeated claim are its worst', () => {
    expect(differ([claim(), claim({ verdict: 'fail' })], [claim(), claim()])).toMatchObject({ verdicts: [{ change: 'better' }], compared: 1 });
  });
});

describe('what else differs', () => {
  it('is versions, of components and of what is around them', () => {
    const [image] = report([]).images;
    const found = differ([claim()], [claim()], { images: [{ ...image!, version: '0.132.0' }], environment: { ...report([]).environment, kubernetesVersion: '1.34.0' } });
    expect(found.versions).toEqual([{ name: 'collector', before: '0.131.0', after: '0.132.0' }, { name: 'kubernetesVersion', before: '1.33.4', after: '1.34.0' }]);
  });

  it('is what was seen of a claim whose verdict is the same, and of its twin', () => {
    const found = differ([claim()], [claim({ observed: '12 targets, 1.50x', twin: twin({ observed: 'another symptom' }) })]);
    expect(found.observations.map(({ name }) => name)).toEqual(['SD-1', 'SD-1 twin']);
    expect(differ([claim()], [claim({ verdict: 'fail', observed: 'other' })]).observations).toEqual([]);
  });

  it.each([
    ['12 targets', '12 targets', false], ['12 targets', '13 targets', true], ['127 scrapes', '131 scrapes', false], ['127 scrapes', '160 scrapes', true], ['within 4 s', 'within 4.2 s', false], ['1.00x', '1.05x', false], ['lost 0 of 500', 'lost 1 of 500', true],
    ['collector-7bxkz scraped', 'collector-q4mnp scraped', false], ['sender-6d8f9b7c5d-2kxwz', 'sender-5c9d8f7b6x-9plmn', false], ['pl-aaaaaa-sd-1', 'pl-bbbbbb-sd-1', false],
    ['10.0.0.1:4318 refused', '10.9.9.9:4318 refused', false], ['12 targets', '12 pods', true], ['1,000 items', '1,050 items', false], ['loki-write', 'loki-reads', true],
  ])('%j and %j: %j', (before, after, other) => {
    expect(sawOther(before, after, ['aaaaaa', 'bbbbbb'])).toBe(other);
  });

  it('is durations beyond noise', () => {
    const took = (...ms: readonly number[]) => ms.map((durationMs) => claim({ durationMs }));
    expect(differ(took(41_000), took(60_000)).durations).toEqual([{ id: 'SD-1', beforeMs: 41_000, afterMs: 60_000 }]);
    expect(differ(took(41_000), took(47_000)).durations).toEqual([]);
    expect(differ(took(1000), took(5000)).durations).toEqual([]);
    // Rounds that differ among themselves say how much that is.
    expect(differ(took(20_000, 60_000), took(70_000)).durations).toEqual([]);
    expect(differ([claim({ verdict: 'error', durationMs: 1 })], took(60_000)).durations).toEqual([]);
  });

  it('is shown a table a kind, and the sum', () => {
    const text = diffText(differ([claim(), matrixClaim()], [claim({ verdict: 'fail', observed: '36 of 12', durationMs: 90_000 })]), style(100));
    expect(text).toMatch(/worse\s+SD-1\s+pass\s+fail\s+36 of 12\n[^]*gone\s+VC-1[^]*duration of\s+before\s+after\nSD-1\s+41s\s+1m 30s[^]*Something got worse: 1 compared, 1 worse, 1 gone\n$/);
    expect(text).not.toMatch(/^(version|seen of)/m);
    expect(diffText(differ([claim()], [claim()]), style(100))).toBe('Nothing got worse: 1 compared, each verdict as before\n');
  });
});

describe('plumbline diff', () => {
  let folder = '';
  let stdout = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'plumbline-diff-'));
    stdout = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(folder, { recursive: true });
  });

  it('takes folders, files and a baseline, which says the same as the report that it is of', async () => {
    mkdirSync(join(folder, 'run'));
    writeFileSync(join(folder, 'run', 'report.json'), JSON.stringify(report([claim(), matrixClaim()])));
    writeFileSync(join(folder, 'later.json'), JSON.stringify(report([claim({ verdict: 'fail' }), matrixClaim()])));
    const baseline = join(folder, 'baseline.json');
    expect(await diff([join(folder, 'run')], { writeBaseline: baseline })).toBe(0);
    expect(readFileSync(baseline, 'utf8')).toBe(baselineText(read(report([claim(), matrixClaim()]))));
    expect(readFileSync(baseline, 'utf8')).not.toMatch(/evidence|kernel|memoryBytes/);
    stdout = '';
    expect(await diff([baseline, join(folder, 'run')], {})).toBe(0);
    expect(await diff([baseline, join(folder, 'later.json')], {})).toBe(1);
    expect(await diff([join(folder, 'later.json'), baseline], {})).toBe(0);
    stdout = '';
    await diff([baseline, join(folder, 'later.json')], { json: true });
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, worse: true, verdicts: [{ id: 'SD-1', change: 'worse' }] });
  });

  it.each([
    [['one.json'], {}, 'PL-USAGE'], [['a', 'b'], { writeBaseline: 'c' }, 'PL-USAGE'], [['none', 'none'], {}, 'PL-REPORT-UNREADABLE'],
    [['broken.json', 'broken.json'], {}, 'PL-REPORT-UNREADABLE'], [['other.json', 'other.json'], {}, 'PL-REPORT-UNREADABLE'],
  ])('%j with %j is refused', async (names, flags, code) => {
    writeFileSync(join(folder, 'broken.json'), '{');
    writeFileSync(join(folder, 'other.json'), '{"schemaVersion": 2}');
    await expect(diff(names.map((name) => join(folder, name)), flags)).rejects.toMatchObject({ problem: { code, kind: 'usage' } });
  });
});
