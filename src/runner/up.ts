import type { KubeClient } from '../clusters/kubernetes.ts';
import { PlumblineError } from '../errors.ts';
import { deploy } from '../platform/deploy.ts';
import type { Reporter } from '../reports/reporter.ts';
import type { RunOptions } from './options.ts';
import type { ResolvedClaim } from './plan.ts';
import { withSession } from './session.ts';
import type { Session } from './session.ts';
import { stagedClusters } from './stage.ts';
import { endpointsOf } from './up-endpoints.ts';
import type { Endpoint } from './up-endpoints.ts';

/** A platform that stays. */
export interface UpResult {
  readonly runId: string;
  readonly kubeconfigPath: string;
  readonly endpoints: readonly Endpoint[];
}

/** Whose platform `up` starts where no claim is named: a scraped one. */
const defaultClaim = 'SD-1';

/** Starts the platform of one claim, as its suite would, and keeps it. @throws PlumblineError; then nothing is left */
export async function up(options: RunOptions, reporter: Reporter, signal: AbortSignal): Promise<UpResult> {
  let result: UpResult | undefined;
  if (options.installed) throw alreadyUp();
  const selectors = options.selectors.length === 0 ? [defaultClaim] : options.selectors;
  await withSession({ ...options, selectors }, reporter, signal, async (session) => {
    const [claim] = session.resolved.claims;
    if (claim?.unmet !== undefined) throw unmet(claim.claim.id, claim.unmet);
    result = await start(session, ownSideOnly(claim as ResolvedClaim));
    await session.keep();
  });
  return result as UpResult;
}

function alreadyUp(): PlumblineError {
  return new PlumblineError({
    code: 'PL-INSTALLED-UP', kind: 'usage', expected: 'a platform that is to be started', seen: '`platform.installed` of plumbline.config.yaml, which describes one that runs already',
    next: 'call it from a folder without that file',
  });
}

function unmet(id: string, reason: string): PlumblineError {
  return new PlumblineError({ code: 'PL-CLAIM-UNMET', kind: 'usage', expected: `a provider that can have the platform of ${id}`, seen: `it ${reason}`, next: '`plumbline list` with the same flags says which claims can be had' });
}

function ownSideOnly(claim: ResolvedClaim): ResolvedClaim['sides'][number] {
  return claim.sides[0] as ResolvedClaim['sides'][number];
}

async function start({ resolved, supply, recorder, context }: Session, side: ResolvedClaim['sides'][number]): Promise<UpResult> {
  const staged = await supply.stage(side.spec);
  const { clients, nodes, images, files } = await stagedClusters(staged);
  const platform = await recorder.step('platform', `platform ${side.name}`, (step) => deploy({
    runId: context.id, clients, nodes, spec: side.spec, name: side.name, images, files, signal: context.signal, ownTargets: false, note: step.note, step: recorder.step,
  }));
  const kubeconfigOf = (client: KubeClient): string => staged.kubeconfigs[[...clients].find(([, one]) => one === client)?.[0] ?? ''] ?? '';
  const endpoints = await endpointsOf(platform, context.signal, resolved.abilities.podsReachableFromHost ? undefined : kubeconfigOf);
  return { runId: context.id, kubeconfigPath: Object.values(staged.kubeconfigs)[0] ?? '', endpoints };
}
