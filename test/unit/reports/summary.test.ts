import { expect, it } from 'vitest';
import { styleOf } from '../../../src/reports/style.ts';
import { summary } from '../../../src/reports/summary.ts';
import { claim, matrixClaim, report, style, twin, versionBreak } from './samples.ts';

it('gives a kept claim one line with its sentence, what was seen, and its twin with the first offender', () => {
  const text = summary(report([claim()], { problems: [] }), style(160));
  expect(text).toBe(
    [
      'PASS  SD-1  every target is scraped exactly once an interval   12 targets, 1.00x   twin: failed as it must (36 of 12, 3.0x — every node scrapes all)',
      '',
      'Every claim is kept: 1 pass in 1m 12s (exit 0)',
      '',
    ].join('\n'),
  );
});

it('stacks the same below each other where the width does not hold it', () => {
  expect(summary(report([claim()]), style(80)).split('\n').slice(0, 3)).toEqual([
    'PASS  SD-1  every target is scraped exactly once an interval',
    '      12 targets, 1.00x',
    '      twin: failed as it must (36 of 12, 3.0x — every node scrapes all)',
  ]);
});

it('explains a broken claim: expected, seen, last cause, and the command that reproduces it', () => {
  const broken = claim({ verdict: 'fail', holds: false, observed: '12 targets, 2.00x', cause: 'two collectors scrape 10.0.0.1' });
  const text = summary(report([claim({ id: 'SD-2' }), broken]), style(130));
  expect(text).toContain(
    [
      'FAIL SD-1',
      '  expected   12 targets, 1.00x',
      '  seen       12 targets, 2.00x',
      '  cause      two collectors scrape 10.0.0.1',
      '  reproduce  ./plumbline run SD-1 --images build',
    ].join('\n'),
  );
  expect(text).toContain('A claim is broken: 1 pass, 1 fail in 1m 12s (exit 1)');
  expect(text).not.toMatch(/^ {2}.*SD-2/m);
});

it('says that a broken run is also partial', () => {
  const text = summary(report([claim({ verdict: 'fail' }), claim({ id: 'SD-2', verdict: 'error', reason: 'Mimir never got ready' })]), style(130));
  expect(text).toContain('A claim is broken, and the run is partial: 1 fail, 1 error');
  expect(text).toContain('  reason     Mimir never got ready');
});

it('says that the harness failed where a twin did not fail', () => {
  const text = summary(report([claim({ verdict: 'error', twin: twin({ verdict: 'pass', holds: true, observed: '12 targets' }) })]), style(200));
  expect(text).toContain('twin: did NOT fail: the harness failed (12 targets)');
  expect(text).toContain('With "no target allocator" the claim must break and show "3.0x"; a check that cannot fail proves nothing.');
  expect(text).toContain('No verdict: the harness or its environment failed: 1 error in 1m 12s (exit 3)');
});

it('shows a matrix as a table with a row a cell: versions, role, verdict and first cause', () => {
  const rows = summary(report([matrixClaim()]), style(180)).split('\n').filter((line) => line.startsWith('│'));
  const cells = rows.map((row) => row.split('│').slice(1, -1).map((text) => text.trim()));
  const cause = `4 targets assigned, 0 scraped — ${versionBreak}`;
  expect(cells).toEqual([
    ['allocator', 'collector', 'role', '', 'seen'],
    ['0.131.0', '0.131.0', 'claim', 'PASS', '12 targets, 1.00x'],
    ['0.127.0', '0.128.0', 'twin', 'FAIL', cause],
    ['0.127.0', '0.131.0', 'measured', 'FAIL', cause],
  ]);
});

it('keeps to the width, whatever the texts', () => {
  const long = 'word '.repeat(60);
  const claims = [claim({ verdict: 'fail', observed: long, cause: 'x'.repeat(300), claim: long }), matrixClaim()];
  const widths = summary(report(claims, { problems: [long] }), style(72)).split('\n').map((line) => line.length);
  expect(Math.max(...widths)).toBeLessThanOrEqual(72);
});

it("lets no component's text move the cursor", () => {
  const text = summary(report([claim({ verdict: 'fail', cause: '\u001b[2J\u0007bad\u0000' })]), style(100));
  expect(text).toContain('  cause      bad\n');
});

it('uses colours on a terminal only, and never with NO_COLOR, a dumb terminal or --no-color', () => {
  const colored = (isTTY: boolean, color: boolean, env: NodeJS.ProcessEnv) => summary(report([claim()]), styleOf({ isTTY, columns: 100 }, color, env)).includes('\u001b[');
  expect(colored(true, true, {})).toBe(true);
  expect(colored(true, true, { NO_COLOR: '' })).toBe(true);
  expect([colored(false, true, {}), colored(true, false, {}), colored(true, true, { NO_COLOR: '1' }), colored(true, true, { TERM: 'dumb' })]).toEqual([false, false, false, false]);
});

it('shows a headline table always, and any other where the claim is not kept', () => {
  const evidence = [{ what: 'the headline', shape: 'table' as const, headline: true, data: [{ limit: 'series' }] }, { what: 'the rest', shape: 'table' as const, data: [{ limit: 'rate' }] }];
  expect(summary(report([claim({ evidence })]), style(100))).toMatch(/the headline[^]*series/);
  expect(summary(report([claim({ evidence })]), style(100))).not.toContain('the rest');
  expect(summary(report([claim({ evidence, verdict: 'fail' })]), style(100))).toMatch(/the headline[^]*the rest[^]*rate/);
});
