import junitModule from 'junit-report-builder';
import type { Builder, TestSuite } from 'junit-report-builder';
import type { CellResult, ClaimResult } from '../claims/result.ts';
import type { RunReport } from './report.ts';
import { printable } from './style.ts';
import { twinPhrase } from './verdict-line.ts';

/** One test of the XML, and how it ended in JUnit's words. */
interface TestCase {
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  readonly detail: string;
  readonly durationMs: number;
}

/** The package exports the builder itself; its types say that it stands under `default`. */
export const junit = junitModule as unknown as Builder;

/** A suite an area; a test for each claim, for its twin and for each cell of its matrix. Names are unique in the file. */
export function junitXml(report: RunReport): string {
  const builder = junit.newBuilder();
  const unique = uniqueNames();
  for (const area of new Set(report.claims.map((claim) => claim.area))) {
    const suite = builder.testSuite().name(xmlText(area)).timestamp(new Date(report.run.startedAt));
    const claims = report.claims.filter((claim) => claim.area === area);
    suite.time(claims.reduce((sum, claim) => sum + claim.durationMs, 0) / 1000);
    for (const test of claims.flatMap(testCases)) addTest(suite, area, { ...test, name: unique(`${area}: ${test.name}`).slice(area.length + 2) });
  }
  if (report.claims.length === 0) addTest(builder.testSuite().name('run'), 'run', noClaim(report));
  return builder.build();
}

function addTest(suite: TestSuite, area: string, test: TestCase): void {
  const added = suite.testCase().className(xmlText(`plumbline.${area}`)).name(xmlText(test.name)).time(test.durationMs / 1000);
  const message = xmlText(test.message);
  if (test.outcome === 'failure') added.failure(message).stacktrace(xmlText(test.detail));
  if (test.outcome === 'error') added.error(message, 'error', xmlText(test.detail));
  if (test.outcome === 'skipped') added.skipped();
  if (test.outcome === 'passed' || test.outcome === 'skipped') added.standardOutput(message);
}

function testCases(claim: ClaimResult): TestCase[] {
  const tests = [claimTest(claim), twinTest(claim), ...(claim.cells ?? []).map((cell) => cellTest(claim, cell))];
  return claim.binding === false ? tests.map(notBinding) : tests;
}

/** A CI system makes of a failure what the run did not: of what does not bind it is told in words. */
function notBinding(test: TestCase): TestCase {
  return test.outcome === 'passed' ? test : { ...test, outcome: 'skipped', message: `does not bind: ${test.outcome}: ${test.message}` };
}

const outcomes = { pass: 'passed', fail: 'failure', error: 'error', skipped: 'skipped' } as const;

function claimTest(claim: ClaimResult): TestCase {
  const reason = claim.reason ?? claim.cause ?? claim.observed;
  const detail = [`expected: ${claim.expected}`, `seen: ${claim.observed}`, `cause: ${claim.cause ?? 'not found'}`, `reproduce: ${claim.reproduce}`];
  return {
    name: `${claim.id} ${claim.claim}`,
    outcome: outcomes[claim.verdict],
    message: claim.verdict === 'fail' || claim.verdict === 'pass' ? claim.observed : reason,
    detail: detail.join('\n'),
    durationMs: ownDurationMs(claim),
  };
}

/** A claim's duration holds all its sides; its test's only its own, or twin and measured cells would count twice. */
function ownDurationMs({ durationMs, twin, cells = [] }: ClaimResult): number {
  const measured = cells.filter((cell) => cell.role === 'measured').reduce((sum, cell) => sum + cell.durationMs, 0);
  return Math.max(0, durationMs - twin.durationMs - measured);
}

/** A twin passes as a test by failing as a platform. */
function twinTest(claim: ClaimResult): TestCase {
  const { twin } = claim;
  const outcome = { fail: 'passed', pass: 'failure', error: 'error', skipped: 'skipped' } as const;
  const detail = [`wrong with it: ${twin.wrong}`, `must show: ${twin.symptom}`, `seen: ${twin.observed}`, `cause: ${twin.cause ?? 'not found'}`];
  return {
    name: `${claim.id} twin: ${twin.wrong}`,
    outcome: outcome[twin.verdict],
    message: twinPhrase(claim),
    detail: detail.join('\n'),
    durationMs: twin.durationMs,
  };
}

/** Only a cell on which the claim rests can fail as a test; the twin's must fail, and the others are measured. */
function cellTest(claim: ClaimResult, cell: CellResult): TestCase {
  const failed = { claim: 'failure', twin: 'passed', measured: 'passed' } as const;
  const held = { claim: 'passed', twin: 'failure', measured: 'passed' } as const;
  const outcome = cell.verdict === 'fail' ? failed[cell.role] : cell.verdict === 'pass' ? held[cell.role] : outcomes[cell.verdict];
  const versions = Object.entries(cell.versions).map(([component, version]) => `${component} ${version}`);
  return {
    name: `${claim.id} ${versions.join(', ')}`,
    outcome,
    message: `${cell.verdict}: ${cell.observed}`,
    detail: [`expected: ${cell.expected}`, `cause: ${cell.cause ?? 'not found'}`].join('\n'),
    durationMs: cell.durationMs,
  };
}

/** A run that judged nothing must not look like a green file. */
function noClaim(report: RunReport): TestCase {
  const message = report.problems[0] ?? 'no claim was judged';
  return { name: 'a claim is judged', outcome: 'error', message, detail: report.problems.join('\n'), durationMs: report.run.durationMs };
}

/** Gives the second of a name a number, and every further one. */
export function uniqueNames(): (name: string) => string {
  const seen = new Map<string, number>();
  return (name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name} (${count})`;
  };
}

/** XML 1.0 knows no control characters, no lone surrogates and not these two (https://www.w3.org/TR/xml/#charsets). */
export function xmlText(text: string): string {
  return printable(text).toWellFormed().replace(/[\ufffe\uffff]/g, '');
}
