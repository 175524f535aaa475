import type { RuleId } from './rules.ts';

/**
 * `error`: the collector does not start, or a promise is broken as soon as there is load or an outage. `warning`: so it is unless
 * something is true that a configuration does not say.
 */
export type Severity = 'error' | 'warning';

/** What a rule found in a configuration; `at` is an offset in its text. */
export interface Found {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly at: number;
  /** What is wrong here, in one sentence. */
  readonly message: string;
  /** What to do about it here. */
  readonly fix: string;
}

/** The same in a file. Line and column count from 1. */
export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly why: string;
  readonly fix: string;
  /** Claims that show the reason live: `plumbline run <claim>`. Some reasons need no claim: the collector does not start. */
  readonly claims: readonly string[];
}

/** How to see the reason of a finding live; none where no claim shows it. */
export function seenLive({ claims }: Pick<Finding, 'claims'>): readonly string[] {
  return claims.length === 0 ? [] : [`seen live: plumbline run ${claims.join(' ')}`];
}

/** What came of linting. */
export interface Linted {
  readonly files: number;
  readonly configurations: number;
  /** Files that hold a configuration, or should: each has findings or is clean. */
  readonly judged: readonly string[];
  /** In the order of files and lines. */
  readonly findings: readonly Finding[];
  /** Findings that a comment in the file allows. */
  readonly allowed: number;
  /** What a person should know of files in which nothing was judged. */
  readonly notes: readonly { readonly file: string; readonly note: string }[];
}
