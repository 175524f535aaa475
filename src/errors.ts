/**
 * The one error that a user is meant to read. Everything else that reaches the top is a defect of Plumbline itself.
 */

/** Exit codes of every verb, as docs/reference.md lists them. */
export const exitCodes = { kept: 0, broken: 1, usage: 2, environment: 3, partial: 4, interrupted: 130 } as const;

export interface Problem {
  /** Stable, greppable, never reused: `PL-IMAGE-UNAVAILABLE`. */
  readonly code: `PL-${string}`;
  /** Who can mend it: wrong use or configuration (exit 2), or the environment, where a retry may help (exit 3). */
  readonly kind: 'usage' | 'environment';
  readonly expected: string;
  readonly seen: string;
  /** One thing to do next, as a command where there is one. */
  readonly next: string;
  /** The component's own last lines, oldest first. */
  readonly lastLines?: readonly string[];
  readonly cause?: unknown;
}

export class PlumblineError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(`${problem.code}: expected ${problem.expected}; saw ${problem.seen}`, { cause: problem.cause });
    this.name = 'PlumblineError';
    this.problem = problem;
  }

  get exitCode(): number {
    return exitCodes[this.problem.kind];
  }
}

/** The text of a thrown value's innermost cause: the last cause is what a reader needs first. */
export function lastCause(thrown: unknown): string {
  let current = thrown;
  while (current instanceof Error && current.cause !== undefined) current = current.cause;
  return current instanceof Error ? current.message : String(current);
}
