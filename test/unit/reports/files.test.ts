import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventsFile, eventsToStream } from '../../../src/reports/events-file.ts';
import { junitXml } from '../../../src/reports/junit.ts';
import { reportFile } from '../../../src/reports/report-file.ts';
import { combine } from '../../../src/reports/reporter.ts';
import type { Reporter } from '../../../src/reports/reporter.ts';
import { at, cell, claim, matrixClaim, paper, report, twin } from './samples.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plumbline-reports-'))));
afterEach(() => rmSync(folder, { recursive: true }));

describe('events.ndjson', () => {
  it('has every event of a process that was killed', () => {
    const file = join(folder, 'new', 'events.ndjson');
    const module = new URL('../../../src/reports/events-file.ts', import.meta.url).href;
    const script = `
      const { eventsFile } = await import(${JSON.stringify(module)});
      const reporter = eventsFile(${JSON.stringify(file)});
      for (let n = 0; n < 500; n++) reporter.event({ kind: 'warning', at: 'now', message: 'line\\n' + n });
      process.kill(process.pid, 'SIGKILL');`;
    const node = join(import.meta.dirname, '../../../node_modules/.bin/node');
    expect(spawnSync(node, ['--input-type=module', '-e', script]).signal).toBe('SIGKILL');
    const messages = readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages).toEqual(Array.from({ length: 500 }, (_, n) => `line\n${n}`));
  });

  it('that cannot be written is told at the end, not in the middle of a run', async () => {
    const reporter = eventsFile(folder);
    expect(() => reporter.event(at(0, { kind: 'warning', message: 'x' }))).not.toThrow();
    await expect(reporter.close()).rejects.toThrow('EISDIR');
  });

  it('on a pipe ends with the report', async () => {
    const out = paper();
    const reporter = eventsToStream(out);
    reporter.event(at(0, { kind: 'warning', message: 'x' }));
    await reporter.close(report([claim()]));
    const lines = out.text().trimEnd().split('\n').map((line) => JSON.parse(line) as { kind: string });
    expect(lines.map((line) => line.kind)).toEqual(['warning', 'report']);
  });
});

describe('report.json', () => {
  it('is whole, and nothing else is left beside it', async () => {
    const file = join(folder, 'new', 'report.json');
    await reportFile(file).close(report([claim()]));
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(report([claim()]));
    expect(readdirSync(join(folder, 'new'))).toEqual(['report.json']);
  });

  it('leaves nothing half written where it cannot be put', async () => {
    mkdirSync(join(folder, 'report.json', 'occupied'), { recursive: true });
    await expect(reportFile(join(folder, 'report.json')).close(report([]))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['report.json']);
  });
});

describe('combine', () => {
  const failing = (message: string): Reporter => ({ event: () => undefined, close: () => Promise.reject(new Error(message)) });

  it('closes every reporter even where one fails, and tells of all failures', async () => {
    const out = paper();
    const last = eventsToStream(out);
    await expect(combine([failing('full disk'), last]).close(report([]))).rejects.toThrow('full disk');
    expect(out.text()).toContain('"kind":"report"');
    await expect(combine([failing('a'), failing('b')]).close()).rejects.toMatchObject({ errors: [new Error('a'), new Error('b')] });
  });
});

describe('junit.xml', () => {
  /** Test name → the outcome's element. */
  function outcomes(xml: string): Record<string, string> {
    const cases = [...xml.matchAll(/<testcase [^>]*? name="([^"]*)"[^>]*?(?:\/>|>([^]*?)<\/testcase>)/g)];
    return Object.fromEntries(cases.map(([, name, body]) => [name, /<(failure|error|skipped)/.exec(body ?? '')?.[1] ?? 'passed']));
  }

  it('has a test for a claim, its twin and each cell; a twin passes by failing, a measured cell cannot fail', () => {
    expect(outcomes(junitXml(report([matrixClaim()])))).toEqual({
      'VC-1 a released pair works': 'passed',
      'VC-1 twin: no target allocator': 'passed',
      'VC-1 allocator 0.131.0, collector 0.131.0': 'passed',
      'VC-1 allocator 0.127.0, collector 0.128.0': 'passed',
      'VC-1 allocator 0.127.0, collector 0.131.0': 'passed',
    });
  });

  it('fails, errs and skips where the claim, its twin or a cell does', () => {
    const fail = { verdict: 'fail', holds: false } as const;
    const cells = [cell('1', '1', 'claim', fail), cell('1', '2', 'twin'), cell('2', '1', 'measured', { verdict: 'error' })];
    const claims = [
      claim({ ...fail, claim: 'a', cells, twin: twin({ verdict: 'pass' }) }),
      claim({ id: 'SD-2', claim: 'b', verdict: 'error', twin: twin({ verdict: 'error' }) }),
      claim({ id: 'SD-3', claim: 'c', verdict: 'skipped', twin: twin({ verdict: 'skipped' }) }),
    ];
    const xml = junitXml(report(claims));
    expect(Object.values(outcomes(xml))).toEqual(['failure', 'failure', 'failure', 'failure', 'error', 'error', 'error', 'skipped', 'skipped']);
    expect(xml).toContain('<testsuites tests="9" failures="4" errors="3" skipped="2"');
    expect(xml).toContain('reproduce: ./plumbline run SD-1 --images build');
  });

  it('has the duration of a claim without its twin and measured cells, which have their own', () => {
    const cells = [cell('1', '1', 'claim', { durationMs: 60_000 }), cell('2', '1', 'measured', { durationMs: 30_000 })];
    const xml = junitXml(report([claim({ durationMs: 131_000, twin: twin({ durationMs: 41_000 }), cells })]));
    expect([...xml.matchAll(/<testcase [^>]*time="([^"]*)"/g)].map((match) => Number(match[1]))).toEqual([60, 41, 60, 30]);
    expect(xml).toMatch(/<testsuite [^>]*time="131"/);
  });

  it('names each test once, also where a claim was judged twice', () => {
    const names = [...junitXml(report([claim(), claim(), claim()])).matchAll(/<testcase [^>]*? name="([^"]*)"/g)].map((match) => match[1]);
    expect(names).toHaveLength(6);
    expect(new Set(names).size).toBe(6);
  });

  it('holds no character that XML does not know', () => {
    const xml = junitXml(report([claim({ verdict: 'fail', cause: '\u001b[31mred\u0000\ud800\uffff <&>', observed: 'a\u0008b' })]));
    expect(xml).not.toMatch(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u);
    expect(xml).toContain('red');
    expect(xml).toMatch(/<failure message="ab"/);
  });

  it('of a run that judged nothing is not green', () => {
    expect(outcomes(junitXml(report([])))).toEqual({ 'a claim is judged': 'error' });
  });
});
