import type { Platform } from '../platform/platform.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { Finding, NotJudged } from './result.ts';

/** One promise of a platform: data, and the function that looks whether it is kept. */
export interface Claim {
  /** `SD-1`: area's letters and a number, unique. */
  readonly id: string;
  readonly area: string;
  /** One sentence that a platform either keeps or breaks. */
  readonly claim: string;
  /** The platform that keeps it: a YAML file beside the suite. */
  readonly platform: URL;
  readonly twin: Twin;
  /** A list of patches, each measured by the same check beside claim and twin; the verdict does not rest on them. */
  readonly cells?: URL;
  /** True where a collector or allocator that exits breaks the claim; otherwise that is an error of the run. */
  readonly brokenByExit?: boolean;
  /**
   * True where claim and twin are judged at the same time: for checks that mostly wait, with loads so light that neither is judged on
   * the other's.
   */
  readonly sidesTogether?: true;
  /**
   * `own-nodes`: its outages cut a node's network or kill a node's processes, which no cluster of somebody else is asked to bear.
   * `page-cache`: it decides whose memory the pages of a program are.
   * `own-pipelines`: the pipelines that its platform's file says are what it is about; with a user's own in their place it would be another claim.
   */
  readonly needs?: readonly ClaimNeed[];
  /** True where it is about a pair of versions of collector and allocator: those of a configuration file do not take its place; `--set` does. */
  readonly ownVersions?: true;
  /**
   * How it is judged on a platform that is the user's own and stays as it is: its check must not look at more than what the tenants'
   * collectors are sent and what the backends answer. Left out: it is skipped there.
   */
  readonly blackBox?: {
    /** In place of the claim's own: what is wrong lies in what the run itself does, or has in front of the platform. */
    readonly twin: Twin;
  };
  /** Seconds that deployment and check of one side usually take, measured; what the plan shows before the first run. */
  readonly usualSecondsPerSide: number;
  /**
   * Looks at one platform. The same function judges claim, twin and cells, and does not know which it has.
   * Answers a finding, or why there is nothing to judge; throws where it could not look.
   */
  readonly check: Check;
}

/** What a claim needs of its provider and of the run's settings beside clusters and nodes, which its platform says. */
export type ClaimNeed = 'own-nodes' | 'page-cache' | 'own-pipelines';

export interface Check {
  (subject: Subject): Promise<Finding | NotJudged>;
  /** What follows from what another claim's check measured on an equal platform; undefined where nothing was (measured-once.ts). */
  readonly already?: (spec: PlatformSpec) => Finding | NotJudged | undefined;
}

/** The claim's platform with one thing wrong, on which its check must not hold. */
export interface Twin {
  /** The one thing, in words. */
  readonly wrong: string;
  /** The one thing, as a merge patch beside the suite. */
  readonly patch: URL;
  /** What its finding must say, so that a platform broken in another way is not taken for the twin's failure. */
  readonly symptom: RegExp;
}

/** What a check looks at. */
export interface Subject {
  readonly platform: Platform;
  readonly signal: AbortSignal;
  /** Says what is being waited for now. */
  note(text: string): void;
  /** Does what concerns every side that is judged at the same time, once all of them have come to it. */
  inStep(work: () => Promise<void>): Promise<void>;
}

type OnDefine = (claim: Claim) => void;

/** Set while vitest runs suites; the plan imports the same files only to read them. */
const hook: { onDefine?: OnDefine } = {};

/** Has every claim that is defined from now on handed to `register`: how suite files become vitest tests. */
export function onDefineClaim(register: OnDefine): void {
  hook.onDefine = register;
}

/** Defines the one claim of a suite file; the file exports it as its default. */
export function defineClaim(claim: Claim): Claim {
  hook.onDefine?.(claim);
  return claim;
}
