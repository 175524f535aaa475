import type { Verdict } from '../run/events.ts';

/** What a claim's check says of one platform: not a verdict on the product yet, but what was seen on it. */
export interface Finding {
  readonly holds: boolean;
  /** What the claim expects, in the numbers of this run: `12 targets, each stored once every 2 s`. */
  readonly expected: string;
  readonly observed: string;
  /** Where it does not hold: the first cause that could be found, e.g. a component's own log line. */
  readonly cause?: string;
  readonly evidence: readonly Evidence[];
}

/** A check's answer where the platform gives it nothing to judge, e.g. a limit that this machine cannot reach. */
export interface NotJudged {
  /** Why, and what would change it, for a person. */
  readonly skipped: string;
}

export interface Evidence {
  /** What was asked of whom: `Mimir, tenant sd-1: up[60s]`. */
  readonly what: string;
  /**
   * How it is best looked at. `table`: a list of flat objects, a row each; the summary prints it where the claim is not kept.
   * `time-line`: the same, in the order of time, with `atMs` (milliseconds from the first phase's start) in each.
   * `curve`: the same, over what is in the first column; drawn beside the twin's.
   */
  readonly shape?: 'table' | 'time-line' | 'curve';
  /** Of a curve: the column that is drawn. */
  readonly draw?: string;
  /** A table that is news of the platform whether or not the claim is kept: the summary always prints it. */
  readonly headline?: boolean;
  /** The answer, as JSON; the report keeps it whole. */
  readonly data: unknown;
}

/** A claim on one platform: the claim's own, its twin's, or one cell of its matrix. */
export interface SideResult extends Finding {
  readonly verdict: Verdict;
  /** From cluster and images being there to the finding. */
  readonly durationMs: number;
}

export interface CellResult extends SideResult {
  /** What tells the cell from others: versions of components, e.g. `{ allocator: '0.127.0', collector: '0.128.0' }`, and what is misplaced in the pipelines. */
  readonly versions: Readonly<Record<string, string>>;
  /** Whether the claim's verdict rests on the cell, or its twin's does, or it is only measured. */
  readonly role: 'claim' | 'twin' | 'measured';
}

export interface TwinResult extends SideResult {
  /** The one thing that is wrong with the twin. */
  readonly wrong: string;
  /** What the twin's failure must show, so that a platform broken in another way is not taken for it. */
  readonly symptom: string;
}

export interface ClaimResult extends SideResult {
  readonly id: string;
  readonly area: string;
  /** The claim's one sentence. */
  readonly claim: string;
  readonly twin: TwinResult;
  readonly cells?: readonly CellResult[];
  /** The one command that runs this claim again as it was run. */
  readonly reproduce: string;
  /** What came of an error or a skip, for a person. */
  readonly reason?: string;
  /** False where the run's settings say that it does not decide about the run; left out: it does. */
  readonly binding?: false;
}
