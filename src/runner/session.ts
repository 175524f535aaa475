import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { configuredWords } from '../platform/configured.ts';
import type { PlannedConfig } from '../reports/plan.ts';
import type { Reporter } from '../reports/reporter.ts';
import type { RunReport } from '../reports/report.ts';
import type { RunContext } from '../run/context.ts';
import { removeRunFolders } from '../run/folders.ts';
import { writeOwner } from '../run/owner.ts';
import { runsDir } from '../run/paths.ts';
import { refuseLateRights } from './guest.ts';
import type { RunOptions } from './options.ts';
import { refuseProblems, resolvePlan } from './plan.ts';
import type { ResolvedPlan } from './plan.ts';
import { Recorder } from './recorder.ts';
import { Supply } from './supply.ts';

/** A run under way: what `run` and `up` have in common, from the plan to the clean-up. */
export interface Session {
  readonly resolved: ResolvedPlan;
  readonly recorder: Recorder;
  readonly context: RunContext;
  readonly supply: Supply;
  /** Keeps the run's clusters after the session's end; `down` removes them. */
  keep(): Promise<void>;
}

/**
 * Plans, opens the run's folder, hands a session to `work` and removes everything of the run when that ends, however it
 * ends, unless it asked to keep it.
 */
export async function withSession(options: RunOptions, reporter: Reporter, signal: AbortSignal, work: (session: Session) => Promise<void>): Promise<RunReport> {
  const recorder = new Recorder(options, reporter);
  const resolved = await recorder.step('plan', 'plan', () => resolvePlan(options));
  refuseProblems(resolved);
  // Builds that nobody waits for any more end with the session.
  const ended = new AbortController();
  const context: RunContext = { id: options.runId, dir: join(runsDir(), options.runId), emit: recorder.emit, signal: AbortSignal.any([signal, ended.signal]) };
  await mkdir(context.dir, { recursive: true, mode: 0o700 });
  await writeOwner(context.dir, { command: options.command, kept: false });
  const { collectorConfig } = resolved.plan;
  recorder.learn({ provider: resolved.provider.name, imageSource: resolved.imageSource.name, ...(collectorConfig ? { collectorConfig } : {}) });
  if (collectorConfig) recorder.problem(configSentence(collectorConfig));
  if (options.configured) recorder.problem(`platforms that have these parts have them as ${options.configured.file} says: ${configuredWords(options.configured)}`);
  let kept = false;
  const keep = async (): Promise<void> => {
    await writeOwner(context.dir, { command: options.command, kept: true });
    kept = true;
  };
  const supply = new Supply(resolved, context, recorder);
  try {
    await recorder.step('plan', 'what the provider needs of this machine', () => resolved.provider.prepare(context));
    await refuseLateRights(resolved, supply, context.id);
    sayGuest(resolved, recorder);
    await work({ resolved, recorder, context, supply, keep });
  } finally {
    ended.abort();
    await supply.settle();
    if (!kept) await recorder.step('clean-up', 'remove the run', async () => {
      await resolved.provider.remove(context.id);
      await removeRunFolders(context.id);
    });
  }
  return recorder.report(signal.aborted);
}

/** Whoever reads of a verdict must know whose pipelines it is on. */
function configSentence({ file, digest, notes }: PlannedConfig): string {
  return `collectors of tenants have the pipelines of ${file} (${digest})${notes.length === 0 ? '' : `; ${notes.join('; ')}`}`;
}

/** Whoever is a guest says beforehand what it will do. */
function sayGuest({ plan: { provider, guest } }: ResolvedPlan, { emit }: Recorder): void {
  if (!guest || guest.makes.length === 0) return;
  emit({ kind: 'warning', message: `a guest in clusters that are there already (${provider.reasons.join(' ')}): makes ${guest.makes.join('; ')}; nothing else, and all of it goes with the run` });
}
