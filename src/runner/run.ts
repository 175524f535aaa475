import { join } from 'node:path';
import type { ClaimResult } from '../claims/result.ts';
import { notJudged } from '../claims/unmet.ts';
import type { ProviderSettings } from '../clusters/settings.ts';
import { PlumblineError, lastCause } from '../errors.ts';
import type { Reporter } from '../reports/reporter.ts';
import type { RunReport } from '../reports/report.ts';
import { socketsDir } from '../run/paths.ts';
import { openDesk } from './desk.ts';
import type { RunOptions } from './options.ts';
import { installedAnswers } from './installed.ts';
import type { Recorder } from './recorder.ts';
import { judgeable } from './resolved-claims.ts';
import { withSession } from './session.ts';
import type { Session } from './session.ts';
import { runSuites } from './suites.ts';

export { planRun } from './plan.ts';
export { up } from './up.ts';

/**
 * Judges the chosen claims and answers the run's report; a broken claim is a result, not an error.
 * @throws PlumblineError where there was nothing to judge: wrong use, a version that cannot be had, no cluster
 */
export async function runClaims(options: RunOptions, reporter: Reporter, signal: AbortSignal): Promise<RunReport> {
  return withSession(options, reporter, signal, async (session) => {
    const { recorder, context } = session;
    await judgeAll(session, options).catch((error: unknown) => {
      // A result outlives what broke after it; without one, the error is all there is to say.
      if (!recorder.anyJudged) throw error;
      recorder.problem(`the run broke off: ${lastCause(error)}`);
    });
    if (options.keep === 'always' || (options.keep === 'on-failure' && recorder.anyBroken)) {
      await session.keep();
      recorder.emit({ kind: 'warning', message: `run ${context.id} is kept: \`plumbline down ${context.id}\` removes it; its kubeconfig is below ${context.dir}` });
    }
  });
}

async function judgeAll({ resolved, recorder, context, supply }: Session, options: RunOptions): Promise<void> {
  const reproduce = reproduction(options);
  for (const { claim, unmet } of resolved.claims) {
    if (unmet !== undefined) skip(recorder, notJudged(claim, unmet, reproduce.replaceAll('{id}', claim.id)));
  }
  const judged = judgeable(resolved.claims);
  if (judged.length === 0) return;
  if (options.installed) await installedAnswers({ supply, recorder, context }, judged, options.installed);
  const failed = new AbortController();
  let refusal: PlumblineError | undefined;
  const signal = AbortSignal.any([context.signal, failed.signal]);
  await using desk = await openDesk(join(socketsDir(context.id), 'desk.sock'), {
    stage: (spec) => supply.stage(spec), changeNodes: (order) => supply.changeNodes(order), event: recorder.emit,
    result: (result) => {
      recorder.claim(result);
      if (options.keep === 'never' && recorder.judgedRounds(result.id) === options.repeat) supply.claimOver(result.id);
    },
    // Every other claim would be refused for the same reason.
    refuse: (problem) => {
      refusal ??= new PlumblineError(problem);
      failed.abort();
    },
  });
  // Without a cluster there is nothing to judge: its failure ends the run, as itself.
  const clusters = supply.startClusters().catch((error: unknown) => {
    failed.abort();
    throw error;
  });
  const order = { socketPath: desk.socketPath, runId: context.id, settings: options.set, keep: options.keep, reproduce, repeat: options.repeat, ...(options.configured ? { configured: options.configured } : {}), ...(options.binding ? { binding: options.binding } : {}), ...(options.tenants ? { tenants: options.tenants.byName } : {}), ...(options.collectorConfig ? { collectorConfig: options.collectorConfig.config } : {}), ...(options.installed ? { installed: options.installed } : {}) };
  const files = judged.map((one) => one.file);
  const suites = runSuites({ files, order, failFast: options.failFast, signal });
  // Both have to end before the desk closes, whichever fails.
  await Promise.allSettled([clusters, suites]);
  await clusters;
  if (refusal) throw refusal;
  for (const error of await suites) recorder.problem(`a suite could not run: ${error}`);
}

function skip(recorder: Recorder, result: ClaimResult): void {
  recorder.claim(result);
  recorder.emit({ kind: 'claim.ended', id: result.id, verdict: result.verdict, observed: result.observed, durationMs: 0 });
}

/** The command that judges one claim as this run does: same platform settings, provider and images. */
function reproduction({ set, tenants, provider, images, clusters }: RunOptions): string {
  const settings = Object.entries(set).map(([key, value]) => ` --set ${key}=${value}`).join('');
  const flags = `${settings}${tenants && !tenants.inline ? ` --tenants ${tenants.path}` : ''}`;
  const choices = `${provider === 'auto' ? '' : ` --provider ${provider}`}${images === 'auto' ? '' : ` --images ${images}`}`;
  return `./plumbline run {id}${flags}${choices}${clusterWords(clusters)}`;
}

function clusterWords({ k3sImage, k3sArgs = [], kindImage, kubeconfig, contexts = [], registryPrefix, pushTo }: ProviderSettings): string {
  const words: readonly (readonly [string, string | undefined])[] = [
    ['--k3s-image', k3sImage], ...k3sArgs.map((one) => ['--k3s-arg', one] as const), ['--kind-image', kindImage], ['--kubeconfig', kubeconfig],
    ['--context', contexts.join(',') || undefined], ['--registry-prefix', registryPrefix], ['--push-to', pushTo],
  ];
  return words.flatMap(([flag, value]) => (value === undefined ? [] : [` ${flag}=${value}`])).join('');
}
