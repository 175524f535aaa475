import type { Plan } from '../reports/plan.ts';
import type { RunReport } from '../reports/report.ts';
import type { Reporter } from '../reports/reporter.ts';
import type { RunOptions } from '../runner/options.ts';
import type { UpResult } from '../runner/up.ts';

/** What the command line needs of the runner; a test gives its own. */
export interface Runner {
  runClaims(options: RunOptions, reporter: Reporter, signal: AbortSignal): Promise<RunReport>;
  planRun(options: RunOptions): Promise<Plan>;
  up(options: RunOptions, reporter: Reporter, signal: AbortSignal): Promise<UpResult>;
}

/** Loads the runner; late, because it brings the Kubernetes client with it. */
export async function loadRunner(): Promise<Runner> {
  return import('../runner/run.ts');
}
