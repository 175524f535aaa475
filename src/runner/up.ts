import { allocatorPort } from '../components/allocator/manifests.ts';
import { shopApps } from '../components/apps/manifests.ts';
import { collectorMetricsPort } from '../components/collector/manifests.ts';
import { grafanaAdmin } from '../components/grafana/config.ts';
import { PlumblineError } from '../errors.ts';
import { deploy } from '../platform/deploy.ts';
import { grafanaPassword } from '../platform/grafana.ts';
import { placesOf } from '../platform/platform.ts';
import type { Platform } from '../platform/platform.ts';
import type { Reporter } from '../reports/reporter.ts';
import type { RunOptions } from './options.ts';
import type { ResolvedClaim } from './plan.ts';
import { withSession } from './session.ts';
import type { Session } from './session.ts';
import { stagedClusters } from './stage.ts';

/** A platform that stays. */
export interface UpResult {
  readonly runId: string;
  readonly kubeconfigPath: string;
  readonly endpoints: readonly { readonly name: string; readonly url: string }[];
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

async function start({ supply, recorder, context }: Session, side: ResolvedClaim['sides'][number]): Promise<UpResult> {
  const staged = await supply.stage(side.spec);
  const { clients, nodes, images, files } = await stagedClusters(staged);
  const platform = await recorder.step('platform', `platform ${side.name}`, (step) => deploy({
    runId: context.id, clients, nodes, spec: side.spec, name: side.name, images, files, signal: context.signal, ownTargets: false, note: step.note, step: recorder.step,
  }));
  return { runId: context.id, kubeconfigPath: Object.values(staged.kubeconfigs)[0] ?? '', endpoints: await endpoints(platform, context.signal) };
}

async function endpoints(platform: Platform, signal: AbortSignal): Promise<UpResult['endpoints']> {
  const shown = [
    { app: 'allocator', path: `:${allocatorPort}/jobs` },
    { app: 'collector', path: `:${collectorMetricsPort}/metrics` },
    { app: 'storefront', path: `:${shopApps.storefront.port}/checkout?item=book` },
  ] as const;
  const places = await Promise.all(shown.map(async ({ app, path }) =>
    (await placesOf(platform, app, signal)).map((place) => ({ name: place.pod, url: `http://${place.address}${path}` }))));
  return [...places.flat(), ...backendEndpoints(platform)];
}

function backendEndpoints({ runId, mimir, loki, tempo, grafana, tenants, tenant }: Platform): UpResult['endpoints'] {
  const ids = tenants.length === 0 ? tenant : tenants.map((one) => one.id).join(' or ');
  const backends = [{ name: 'mimir', url: mimir && `${mimir.url}/prometheus` }, { name: 'loki', url: loki?.url }, { name: 'tempo', url: tempo?.url }];
  return [
    ...backends.flatMap(({ name, url }) => (url === undefined ? [] : [{ name, url: `${url}  (header X-Scope-OrgID: ${ids})` }])),
    ...(grafana ? [{ name: 'grafana', url: `${grafana.url}  (${grafanaAdmin}, ${grafanaPassword(runId)})` }] : []),
  ];
}
