import { PlumblineError, lastCause } from '../errors.ts';
import type { Claim } from './claim.ts';
import type { Finding } from './result.ts';

/** What a throw means: the claim is broken where an exit breaks it, otherwise nothing is known of the platform. */
export function unjudged(claim: Claim, thrown: unknown): { finding: Finding; broken: boolean } {
  const problem = thrown instanceof PlumblineError ? thrown.problem : undefined;
  const broken = claim.brokenByExit === true && problem?.code === 'PL-COMPONENT-EXITED';
  const lines = problem?.lastLines ?? [];
  return {
    broken,
    finding: {
      holds: false,
      expected: problem?.expected ?? claim.claim,
      observed: problem ? `${problem.code}: ${problem.seen}` : lastCause(thrown),
      cause: lines.at(-1) ?? (problem ? `expected ${problem.expected}; saw ${problem.seen}` : lastCause(thrown)),
      evidence: lines.length > 0 ? [{ what: 'last lines', data: lines }] : [],
    },
  };
}
