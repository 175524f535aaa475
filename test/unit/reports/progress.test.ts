import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { liveRegion, liveReporter } from '../../../src/reports/live.ts';
import { plainReporter } from '../../../src/reports/plain.ts';
import { Progress } from '../../../src/reports/progress.ts';
import { at, claim, paper, report, start, style } from './samples.ts';

const collector = { phase: 'images', step: 'collector 0.131.0' } as const;

const story = [
  at(0, { kind: 'run.started', runId: 'ab12cd', command: './plumbline run' }),
  at(0, { kind: 'step.started', ...collector, usualMs: 240_000 }),
  at(1, { kind: 'step.note', ...collector, note: 'compiling 1/1490' }),
  at(9, { kind: 'step.note', ...collector, note: 'compiling 200/1490' }),
  at(11, { kind: 'step.note', ...collector, note: 'compiling 312/1490' }),
  at(12, { kind: 'step.note', ...collector, note: 'compiling 313/1490' }),
  at(21.5, { kind: 'step.note', ...collector, note: 'linking' }),
  at(72, { kind: 'step.done', ...collector, durationMs: 72_000 }),
  at(73, { kind: 'step.failed', phase: 'cluster', step: 'three', durationMs: 900, cause: 'no\nroute' }),
  at(74, { kind: 'claim.started', id: 'SD-1', side: 'sd-1-twin' }),
  at(84, { kind: 'step.note', phase: 'suites', step: 'SD-1', note: 'sd-1-twin: every target scraped: 2 of 12 not yet' }),
  at(85, { kind: 'claim.side', id: 'SD-1', side: 'sd-1-twin', verdict: 'fail', observed: '36 of 12' }),
  at(86, { kind: 'claim.ended', id: 'SD-1', verdict: 'pass', observed: '12 targets', durationMs: 2000 }),
  at(87, { kind: 'warning', message: 'kept' }),
] as const;

function plainly(quiet: boolean): string[] {
  const out = paper();
  const reporter = plainReporter(out, style(120), quiet);
  story.forEach((event) => reporter.event(event));
  return out.text().trimEnd().split('\n');
}

describe('plain', () => {
  it('prints starts and ends, and a step at most every 10 s', () => {
    expect(plainly(false)).toEqual([
      'run ab12cd: ./plumbline run',
      'images    collector 0.131.0  usually 4m',
      'images    collector 0.131.0  compiling 312/1490',
      'images    collector 0.131.0  linking',
      'images    collector 0.131.0  done in 1m 12s',
      'cluster   three  failed after 900ms: no route',
      'suites    SD-1 twin  checking',
      'suites    SD-1 twin  every target scraped: 2 of 12 not yet',
      'suites    SD-1 twin  failed as it must: 36 of 12',
      'PASS  SD-1  12 targets',
      'warning  kept',
    ]);
  });

  it('quietly prints verdicts, warnings and what failed', () => {
    expect(plainly(true)).toEqual(['cluster   three  failed after 900ms: no route', 'PASS  SD-1  12 targets', 'warning  kept']);
  });

  it('ends with the summary', async () => {
    const out = paper();
    await plainReporter(out, style(130)).close(report([claim()]));
    expect(out.text()).toMatch(/^\nPASS {2}SD-1 {2}every target[^]*\(exit 0\)\n$/);
  });
});

describe('live', () => {
  const step = { phase: 'images', name: 'collector 0.131.0', startedAt: start, usualMs: 240_000, note: 'compiling 312/1490' } as const;

  it('shows what is under way with its note, elapsed and usual time', () => {
    expect(liveRegion([step], style(100), start + 72_400)).toBe('images    collector 0.131.0  compiling 312/1490  1m 12s (usually 4m)');
  });

  it('shortens the note first and never exceeds the width', () => {
    expect(liveRegion([step], style(62), start + 72_000)).toBe('images    collector 0.131.0  compiling…  1m 12s (usually 4m)');
    expect(liveRegion([step], style(40), start + 72_000).length).toBeLessThanOrEqual(39);
  });

  it('counts what would make the region long', () => {
    const many = Array.from({ length: 14 }, (_, index) => ({ ...step, name: `s${index}` }));
    expect(liveRegion(many, style(100), start).split('\n').slice(9)).toEqual([expect.stringMatching(/^images {4}s9 /), '… and 4 more']);
  });

  it('keeps ends and verdicts on the screen, starts and notes only in the region', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, columns: 100, rows: 40 });
    const reporter = liveReporter(terminal as unknown as WriteStream, () => style(100), () => start + 80_000);
    story.forEach((event) => reporter.event(event));
    await reporter.close(report([claim()]));
    const text = stripVTControlCharacters(String(terminal.read()));
    const lasting = text.split('\n').filter((line) => / done in |PASS|kept/.test(line));
    expect(lasting.filter((line) => line.endsWith('done in 1m 12s'))).toHaveLength(1);
    expect(text).toContain('collector 0.131.0  1m 20s (usually 4m)');
    expect(text).not.toContain('checking');
    expect(text).toMatch(/Every claim is kept: 1 pass in 1m 12s \(exit 0\)\n$/);
  });
});

it('forgets steps that ended, hands the notes of a claim to its side under way, and starts again what is repeated', () => {
  const progress = new Progress();
  const names = () => progress.running.map((step) => [step.name, step.note]);
  progress.take(at(0, { kind: 'claim.started', id: 'SD-1', side: 'sd-1' }));
  expect(names()).toEqual([['SD-1', undefined]]);
  progress.take(at(1, { kind: 'claim.side', id: 'SD-1', side: 'sd-1', verdict: 'pass', observed: '' }));
  progress.take(at(1, { kind: 'claim.started', id: 'SD-1', side: 'sd-1-twin' }));
  progress.take(at(2, { kind: 'step.note', phase: 'suites', step: 'SD-1', note: 'deploying' }));
  expect(names()).toEqual([['SD-1 twin', 'deploying']]);
  progress.take(at(2, { kind: 'step.note', phase: 'suites', step: 'SD-1', note: 'sd-1-twin: collector Ready: 0 of 3' }));
  expect(names()).toEqual([['SD-1 twin', 'collector Ready: 0 of 3']]);
  progress.take(at(3, { kind: 'claim.ended', id: 'SD-1', verdict: 'pass', observed: '', durationMs: 3 }));
  expect(names()).toEqual([]);
});
