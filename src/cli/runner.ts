import type { Plan } from '../reports/plan.ts';
import type { RunReport } from '../reports/report.ts';
import type { Reporter } from '../reports/reporter.ts';
import type { imageChoices, keepChoices, providerChoices } from './choices.ts';

/** What a user asks of a run. */
export interface RunOptions {
  /** Names the run's things on this machine and its default output folder: six of [a-z0-9]. */
  readonly runId: string;
  /** Areas and claim ids; none means every claim. */
  readonly selectors: readonly string[];
  readonly grep?: RegExp;
  readonly provider: (typeof providerChoices)[number];
  readonly images: (typeof imageChoices)[number];
  readonly keep: (typeof keepChoices)[number];
  /** Absolute; made before the run starts. */
  readonly outputDir: string;
  readonly failFast: boolean;
  readonly repeat: number;
  /** Overrides of the platforms, e.g. `{ 'collector.version': '0.128.0' }`. */
  readonly set: Readonly<Record<string, string>>;
  /** As typed, for `reproduce`. */
  readonly command: string;
}

/** A platform that stays. */
export interface UpResult {
  readonly runId: string;
  readonly kubeconfigPath: string;
  readonly endpoints: readonly { readonly name: string; readonly url: string }[];
}

/** What the command line needs of src/runner/run.ts. */
export interface Runner {
  runClaims(options: RunOptions, reporter: Reporter, signal: AbortSignal): Promise<RunReport>;
  planRun(options: RunOptions): Promise<Plan>;
  up(options: RunOptions, reporter: Reporter, signal: AbortSignal): Promise<UpResult>;
}

/** Loads the runner; late, because it brings the Kubernetes client with it. */
export async function loadRunner(): Promise<Runner> {
  const runner: string = '../runner/run.ts';
  return (await import(runner)) as Runner;
}
