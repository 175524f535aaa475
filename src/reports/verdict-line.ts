import type { ClaimResult } from '../claims/result.ts';
import type { Verdict } from '../run/events.ts';
import { hanging, oneLine, verdictLabel } from './style.ts';
import type { Style } from './style.ts';

/**
 * A claim's verdict: one line where the width allows, else what was seen and what the twin did below it.
 * `PASS  SD-1  every target is scraped exactly once an interval   12 targets, 1.00x   twin: failed as it must (36 of 12)`
 */
export function verdictLine(claim: ClaimResult, style: Style): string {
  const { colors, columns } = style;
  const head = `${verdictLabel(claim.verdict, style)} ${colors.bold(claim.id)}`;
  const headWidth = 6 + claim.id.length;
  const sentence = `${oneLine(claim.claim)}${claim.binding === false ? ' (does not bind)' : ''}`;
  const observed = oneLine(claim.observed);
  const twin = `twin: ${twinPhrase(claim)}`;
  const width = headWidth + 2 + sentence.length + 3 + observed.length + 3 + twin.length;
  if (width <= columns) return `${head}  ${sentence}   ${observed}   ${paintTwin(twin, claim, style)}`;
  const below = [observed, paintTwin(twin, claim, style)].filter((line) => line !== '');
  return [`${head}  ${hanging(sentence, headWidth + 2, columns)}`, ...below.map((line) => `      ${hanging(line, 6, columns)}`)].join('\n');
}

/** A verdict at the moment it falls, when only its event is known. */
export function earlyVerdictLine(verdict: Verdict, id: string, observed: string, style: Style): string {
  return `${verdictLabel(verdict, style)} ${style.colors.bold(id)}  ${hanging(oneLine(observed), 8 + id.length, style.columns)}`;
}

/** What the twin did, and its first offender, in words: its verdict alone reads the wrong way round, for a twin must fail. */
export function twinPhrase({ twin }: Pick<ClaimResult, 'twin'>): string {
  const parts = [twin.observed, twin.verdict === 'fail' ? (twin.cause ?? '') : ''].filter((part) => part !== '');
  const seen = parts.length === 0 ? '' : ` (${oneLine(parts.join(' — '))})`;
  return `${sidePhrase(twin.verdict)}${seen}`;
}

/** The same for a verdict of a twin that is known from its event only. */
export function sidePhrase(verdict: Verdict): string {
  return {
    fail: 'failed as it must',
    pass: 'did NOT fail: the harness failed',
    error: 'could not be judged',
    skipped: 'was not run',
  }[verdict];
}

function paintTwin(text: string, { twin }: ClaimResult, { colors }: Style): string {
  return twin.verdict === 'fail' ? colors.dim(text) : colors.magenta(text);
}
