import { z } from 'zod';
import type { ClaimResult } from '../claims/result.ts';
import { exitCodes } from '../errors.ts';

export const verdictSchema = z.enum(['pass', 'fail', 'error', 'skipped']);

export const runVerdicts = ['kept', 'broken', 'error', 'partial', 'interrupted'] as const;

export interface RunVerdict {
  readonly verdict: (typeof runVerdicts)[number];
  readonly exitCode: number;
  /** Some claims have no verdict on the platform: they met an error or were skipped. */
  readonly partial: boolean;
}

type Judged = Pick<ClaimResult, 'verdict' | 'binding'> & { readonly twin: Pick<ClaimResult['twin'], 'verdict'> };

/**
 * The verdict of a run and its exit code. A broken claim outranks everything, because it is news of the platform; a run
 * without any claim proves nothing and is an error. A claim whose twin did not fail proves nothing either. Claims that do not bind
 * have no say; of a run of nothing else it is not known whether what binds is kept.
 */
export function runVerdict(claims: readonly Judged[], interrupted = false): RunVerdict {
  const deciding = claims.filter(({ binding }) => binding !== false);
  const verdicts: readonly Judged['verdict'][] = deciding.length === 0 && claims.length > 0 ? ['skipped'] : deciding.map(effectiveVerdict);
  const partial = verdicts.some((verdict) => verdict === 'error' || verdict === 'skipped');
  if (interrupted) return { verdict: 'interrupted', exitCode: exitCodes.interrupted, partial: true };
  if (verdicts.includes('fail')) return { verdict: 'broken', exitCode: exitCodes.broken, partial };
  if (verdicts.includes('error') || verdicts.length === 0) return { verdict: 'error', exitCode: exitCodes.environment, partial };
  if (partial) return { verdict: 'partial', exitCode: exitCodes.partial, partial };
  return { verdict: 'kept', exitCode: exitCodes.kept, partial };
}

/** A claim that passes while its twin does not fail was never tested: the harness failed, not the platform. */
function effectiveVerdict(claim: Judged): Judged['verdict'] {
  return claim.verdict === 'pass' && claim.twin.verdict !== 'fail' ? 'error' : claim.verdict;
}

/** Whether a claim's twin did what it is there for. */
export function twinFailed(claim: Judged): boolean {
  return claim.twin.verdict === 'fail';
}
