import { expect, test } from 'vitest';
import type { Claim } from '../../../src/claims/claim.ts';
import { judge, reasonAgainst } from '../../../src/claims/judge.ts';
import type { Judging } from '../../../src/claims/judge.ts';
import type { SideResult, TwinResult } from '../../../src/claims/result.ts';
import { PlumblineError } from '../../../src/errors.ts';

const here = new URL(import.meta.url);
const claim: Claim = {
  id: 'XX-1', area: 'x', claim: 'x', platform: here, usualSecondsPerSide: 1,
  twin: { wrong: 'no allocator', patch: here, symptom: /by all \d+ collectors/ },
  check: () => Promise.reject(new Error('not under test')),
};

function side(verdict: SideResult['verdict'], observed = 'as it should be', cause?: string): SideResult {
  return { verdict, holds: verdict === 'pass', expected: 'x', observed, evidence: [], durationMs: 1, ...(cause ? { cause } : {}) };
}

function twin(result: SideResult): TwinResult {
  return { ...result, wrong: claim.twin.wrong, symptom: claim.twin.symptom.source };
}

test('a twin that fails with its symptom, seen or as a cause, leaves nothing to say', () => {
  expect(reasonAgainst(claim, side('pass'), twin(side('fail', 'every target by all 3 collectors')))).toBeUndefined();
  expect(reasonAgainst(claim, side('pass'), twin(side('fail', 'x', 'every target by all 3 collectors')))).toBeUndefined();
});

test('a twin that keeps the claim is a failure of the harness', () => {
  expect(reasonAgainst(claim, side('pass'), twin(side('pass')))).toContain('the harness failed: the twin (no allocator) kept the claim');
});

test('a twin that fails in another way is no proof', () => {
  expect(reasonAgainst(claim, side('pass'), twin(side('fail', 'nothing was scraped')))).toContain('without its symptom');
});

test('a twin or a claim that could not be judged names its cause', () => {
  expect(reasonAgainst(claim, side('pass'), twin(side('error', 'PL-X', 'out of disk')))).toBe('the twin (no allocator) could not be judged: out of disk');
  expect(reasonAgainst(claim, side('error', 'PL-X', 'no cluster'), twin(side('fail', 'by all 3 collectors')))).toBe('no cluster');
});

const exit = new PlumblineError({
  code: 'PL-COMPONENT-EXITED', kind: 'environment', expected: 'collector to stay up', seen: 'exited 2 times', next: 'look', lastLines: ['starting', 'unknown key: tls'],
});

function judging(stage: Judging['stage']): Judging {
  return { runId: 'abcdef', stage, emit: () => undefined, signal: new AbortController().signal, settings: {}, keep: 'never', round: 1, refuse: () => undefined, reproduce: (id) => `./plumbline run ${id}` };
}

test('an exit breaks a claim that says so, and is an error for any other; either names the last line', async () => {
  const platform = new URL('../../../suites/scrape-dedup/scraped-once.yaml', import.meta.url);
  const patch = new URL('../../../suites/scrape-dedup/scraped-once.twin.yaml', import.meta.url);
  const real: Claim = { ...claim, platform, twin: { ...claim.twin, patch } };
  const stage = (): Promise<never> => Promise.reject(exit);
  const other = await judge(real, judging(stage));
  expect(other).toMatchObject({ verdict: 'error', cause: 'unknown key: tls', reason: 'unknown key: tls', twin: { verdict: 'error' } });
  const broken = await judge({ ...real, brokenByExit: true }, judging(stage));
  expect(broken).toMatchObject({ verdict: 'fail', observed: 'PL-COMPONENT-EXITED: exited 2 times', cause: 'unknown key: tls', twin: { verdict: 'fail' }, reproduce: './plumbline run XX-1' });
});

test('a claim with nothing to judge says why, and a twin without a verdict leaves its claim without one', () => {
  expect(reasonAgainst(claim, side('skipped', 'ten times the limit is too much here'), twin(side('skipped')))).toBe('ten times the limit is too much here');
  expect(reasonAgainst(claim, side('pass'), twin(side('skipped', 'too much')))).toBe('the twin (no allocator) could not be judged: too much');
});

test('wrong use that only a running component can tell ends the run', async () => {
  const unknown = new PlumblineError({ code: 'PL-LIMIT-UNKNOWN', kind: 'usage', expected: 'a limit', seen: 'ingestion_rat', next: 'did you mean ingestion_rate?' });
  const refused: string[] = [];
  const platform = new URL('../../../suites/scrape-dedup/scraped-once.yaml', import.meta.url);
  const patch = new URL('../../../suites/scrape-dedup/scraped-once.twin.yaml', import.meta.url);
  const result = await judge({ ...claim, platform, twin: { ...claim.twin, patch } }, { ...judging(() => Promise.reject(unknown)), refuse: ({ code }) => void refused.push(code) });
  expect(result.verdict).toBe('error');
  expect(refused).toContain('PL-LIMIT-UNKNOWN');
});
