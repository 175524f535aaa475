import type { FlowSpec, FlowState, Platform, Reckoning, Tenant } from '../../../helpers/index.ts';
import { finished, settledLedger, startFlow } from '../../../helpers/index.ts';
import type { ProviderName } from '../../../src/clusters/provider.ts';
import { deploy } from '../../../src/platform/deploy.ts';
import type { PlatformSpec } from '../../../src/platform/spec.ts';
import { plainReporter } from '../../../src/reports/plain.ts';
import { styleOf } from '../../../src/reports/style.ts';
import { withSession } from '../../../src/runner/session.ts';
import { stagedClusters } from '../../../src/runner/stage.ts';
import type { StagedClusters } from '../../../src/runner/stage.ts';
import { newRunId } from '../clusters/support.ts';

export const signal = new AbortController().signal;
export const note = (): void => undefined;

export interface PlatformOptions {
  /** Whose platform it is. Left out: TI-1. */
  readonly claim?: string;
  /** Left out: auto. */
  readonly provider?: ProviderName;
  /** What of it is deployed; left out: all. */
  readonly spec?: (own: PlatformSpec) => PlatformSpec;
  /** What the clusters are staged for; left out: the claim's own platform. */
  readonly staged?: (spec: PlatformSpec) => PlatformSpec;
  /** What is deployed on them as if they were these. */
  readonly clients?: (staged: StagedClusters) => StagedClusters['clients'];
}

/** The clusters of a platform, and a way to more than one platform on them. */
export interface Around {
  /** Of the first cluster. */
  readonly kubeconfigPath: string;
  /** Another side of the same shape. */
  deploy(spec: PlatformSpec, name: string): Promise<Platform>;
}

/** A claim's platform on real clusters, for as long as the work takes. */
export async function onPlatform(work: (platform: Platform, dev: Tenant, prod: Tenant, around: Around) => Promise<void>, options: PlatformOptions = {}): Promise<void> {
  const run = {
    runId: newRunId(), selectors: [options.claim ?? 'TI-1'], provider: options.provider ?? 'auto', images: 'auto', clusters: {}, keep: 'never', outputDir: '', failFast: false, repeat: 1, set: {}, command: 'npm test',
  } as const;
  await withSession(run, plainReporter(process.stdout, styleOf(process.stdout, false)), signal, async ({ resolved, supply, context, recorder }) => {
    const own = resolved.claims[0]?.sides[0]?.spec;
    if (!own) throw new Error(`${run.selectors[0]} has no side`);
    const spec = options.spec?.(own) ?? own;
    const answer = await supply.stage(options.staged?.(spec) ?? spec);
    const staged = await stagedClusters(answer);
    const clients = options.clients?.(staged) ?? staged.clients;
    const side = (of: PlatformSpec, name: string) => deploy({ runId: context.id, spec: of, name, images: staged.images, files: staged.files, nodes: staged.nodes, clients, signal, ownTargets: false, note, step: recorder.step });
    const platform = await side(spec, 'test');
    await work(platform, platform.tenants[0] as Tenant, platform.tenants[1] as Tenant, { kubeconfigPath: Object.values(answer.kubeconfigs)[0] ?? '', deploy: side });
  });
}

export async function sent(platform: Platform, tenant: Tenant, spec: Omit<FlowSpec, 'ratePerSecond'>): Promise<FlowState> {
  return finished(await startFlow(platform, tenant, { ratePerSecond: 1000, items: 1000, ...spec }, signal), { timeoutMs: 30_000, signal, note });
}

export function reckoned(platform: Platform, owner: Tenant, flow: FlowState, timeoutMs = 20_000, graceMs = 0): Promise<Reckoning> {
  return settledLedger(platform, owner, flow, { timeoutMs, graceMs, signal, note });
}
