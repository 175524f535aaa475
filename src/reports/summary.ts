import type { ClaimResult } from '../claims/result.ts';
import type { Verdict } from '../run/events.ts';
import { cellTable } from './cells.ts';
import { evidenceCurve } from './evidence-curve.ts';
import { evidenceTable } from './evidence-table.ts';
import type { RunReport } from './report.ts';
import { duration, hanging, printable, verdictLabel } from './style.ts';
import type { Style } from './style.ts';
import { runVerdict, twinFailed } from './verdict.ts';
import { twinPhrase, verdictLine } from './verdict-line.ts';

/** The end of a run as a person reads it: every verdict first, then what explains those that are no pass, then the sum. */
export function summary(report: RunReport, style: Style): string {
  const blocks = [
    report.claims.map((claim) => verdictLine(claim, style)).join('\n'),
    ...report.claims.flatMap((claim) => details(claim, style)),
    report.problems.map((problem) => `${style.colors.yellow('note')}  ${hanging(problem, 6, style.columns)}`).join('\n'),
    total(report, style),
  ];
  return blocks.filter((block) => block !== '').join('\n\n') + '\n';
}

function details(claim: ClaimResult, style: Style): string[] {
  const needed = claim.verdict !== 'pass' || !twinFailed(claim);
  const matrix = claim.cells === undefined ? '' : cellTable(claim.cells, style);
  const tables = claim.evidence.flatMap((one) => {
    if (!needed && one.headline !== true) return [];
    const twin = claim.twin.evidence.find(({ what, shape }) => shape === 'curve' && what === one.what);
    const tables = [['', one] as const, ...(twin && twin.shape === one.shape ? [[', twin', twin] as const] : [])];
    return [
      ...tables.map(([whose, shown]) => ({ head: `${style.colors.bold(claim.id)}${whose} ${shown.what}`, body: evidenceTable(shown, style) })),
      { head: style.colors.bold(claim.id), body: evidenceCurve(one, twin, style) },
    ].flatMap(({ head, body }) => (body === '' ? [] : [`${head}\n${body}`]));
  });
  const parts = [needed ? explanation(claim, style) : '', matrix && `${style.colors.bold(claim.id)} cell by cell\n${matrix}`, ...tables];
  return parts.filter((part) => part !== '');
}

/** Expected, seen, last cause, what the twin did wrong, and the one command that runs the claim again. */
function explanation(claim: ClaimResult, style: Style): string {
  const rows: [string, string | undefined][] = [
    ['expected', claim.expected],
    ['seen', claim.observed],
    ['cause', claim.cause],
    ['reason', claim.reason],
    ['twin', twinFailed(claim) ? undefined : twinExplanation(claim)],
    ['reproduce', claim.reproduce],
  ];
  const lines = rows.flatMap(([name, text]) => (text ? [`  ${style.colors.dim(name.padEnd(9))}  ${hanging(printable(text), 13, style.columns)}`] : []));
  return [`${verdictLabel(claim.verdict, style).trimEnd()} ${style.colors.bold(claim.id)}`, ...lines].join('\n');
}

function twinExplanation(claim: ClaimResult): string {
  const { twin } = claim;
  const cause = twin.cause === undefined ? '' : `; cause: ${twin.cause}`;
  const meaning = twin.verdict === 'pass' ? ` With "${twin.wrong}" the claim must break and show "${twin.symptom}"; a check that cannot fail proves nothing.` : '';
  return `${twinPhrase(claim)}${cause}.${meaning}`;
}

const runWords: Record<RunReport['run']['verdict'], string> = {
  kept: 'Every claim is kept',
  broken: 'A claim is broken',
  error: 'No verdict: the harness or its environment failed',
  partial: 'Kept as far as it was checked; something was skipped',
  interrupted: 'Interrupted',
};

/** Where some claims do not bind, what is said is said of the others. */
function wordsOf(verdict: RunReport['run']['verdict'], claims: readonly ClaimResult[], free: readonly ClaimResult[]): string {
  if (free.length === 0 || verdict === 'interrupted') return runWords[verdict];
  return free.length === claims.length ? 'No claim that binds was judged' : runWords[verdict].replace(/claim\b/, 'claim that binds');
}

function counted(claims: readonly ClaimResult[]): string {
  const count = (verdict: Verdict): number => claims.filter((claim) => claim.verdict === verdict).length;
  return (['pass', 'fail', 'error', 'skipped'] as const).flatMap((verdict) => (count(verdict) > 0 ? [`${count(verdict)} ${verdict}`] : [])).join(', ');
}

function total({ run, claims }: RunReport, style: Style): string {
  const free = claims.filter((claim) => claim.binding === false);
  const counts = counted(claims.filter((claim) => claim.binding !== false));
  const beside = free.length === 0 ? '' : `${counts === '' ? '' : '; beside them '}${counted(free)} that ${free.length === 1 ? 'does' : 'do'} not bind`;
  const sum = claims.length === 0 ? 'no claim was judged' : `${counts}${beside}`;
  const partial = run.verdict === 'broken' && runVerdict(claims).partial ? ', and the run is partial' : '';
  const paint = run.verdict === 'kept' ? style.colors.green : style.colors.red;
  return `${paint(`${wordsOf(run.verdict, claims, free)}${partial}`)}: ${sum} in ${duration(run.durationMs)} (exit ${run.exitCode})`;
}
