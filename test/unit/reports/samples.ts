import type { CellResult, ClaimResult, SideResult, TwinResult } from '../../../src/claims/result.ts';
import type { NewEvent, RunEvent } from '../../../src/run/events.ts';
import type { RunReport } from '../../../src/reports/report.ts';
import { runVerdict } from '../../../src/reports/verdict.ts';
import { styleOf } from '../../../src/reports/style.ts';

export const start = Date.parse('2026-01-02T03:04:05.000Z');

/** An event `seconds` after the start of the sample run. */
export function at(seconds: number, event: NewEvent): RunEvent {
  return { ...event, at: new Date(start + seconds * 1000).toISOString() } as RunEvent;
}

export function style(columns: number) {
  return styleOf({ isTTY: false, columns }, true, {});
}

/** A terminal's output, kept. */
export function paper() {
  const written: string[] = [];
  return { write: (text: string) => written.push(text), text: () => written.join('') };
}

function side(over: Partial<SideResult> = {}): SideResult {
  const evidence = [{ what: 'Mimir, tenant sd-1: up[60s]', data: { 'a:1': [1, null, 'x'] } }];
  return { verdict: 'pass', holds: true, expected: '12 targets, 1.00x', observed: '12 targets, 1.00x', evidence, durationMs: 41_000, ...over };
}

export function twin(over: Partial<TwinResult> = {}): TwinResult {
  const failed = side({ verdict: 'fail', holds: false, observed: '36 of 12, 3.0x', cause: 'every node scrapes all' });
  return { ...failed, wrong: 'no target allocator', symptom: '3.0x', ...over };
}

export function claim(over: Partial<ClaimResult> = {}): ClaimResult {
  const names = { id: 'SD-1', area: 'scrape-dedup', claim: 'every target is scraped exactly once an interval' };
  return { ...side(), ...names, twin: twin(), reproduce: './plumbline run SD-1 --images build', ...over };
}

export function cell(allocator: string, collector: string, role: CellResult['role'], over: Partial<SideResult> = {}): CellResult {
  return { ...side(over), versions: { allocator, collector }, role };
}

export const versionBreak = 'error creating new scrape pool: invalid metric name validation scheme';

export function matrixClaim(): ClaimResult {
  const broken = { verdict: 'fail', holds: false, observed: '4 targets assigned, 0 scraped', cause: versionBreak } as const;
  const cells = [cell('0.131.0', '0.131.0', 'claim'), cell('0.127.0', '0.128.0', 'twin', broken), cell('0.127.0', '0.131.0', 'measured', broken)];
  return claim({ id: 'VC-1', area: 'version-compat', claim: 'a released pair works', twin: twin(broken), cells });
}

export function report(claims: readonly ClaimResult[], over: Partial<RunReport> = {}): RunReport {
  const { verdict, exitCode } = runVerdict(claims);
  return {
    schemaVersion: 1,
    run: { id: 'ab12cd', command: './plumbline run', startedAt: new Date(start).toISOString(), endedAt: new Date(start + 72_000).toISOString(), durationMs: 72_000, verdict, exitCode },
    environment: {
      plumbline: '0.1.0', node: '24.21.0', os: 'Debian GNU/Linux 12', kernel: '6.18', cores: 2, memoryBytes: 2 ** 34, cgroup: 'hybrid',
      provider: 'embedded', kubernetesVersion: '1.33.4', imageSource: 'build',
    },
    images: [{ component: 'collector', version: '0.131.0', reference: 'plumbline/collector:0.131.0', digest: 'sha256:00', sizeBytes: 1, source: 'build' }],
    steps: [
      { phase: 'images', step: 'collector 0.131.0', durationMs: 12, cached: true },
      { phase: 'cluster', step: 'three', durationMs: 9, cached: false, failed: 'no route' },
    ],
    claims,
    problems: ['a sentence'],
    ...over,
  };
}
