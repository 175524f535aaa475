/** The apps of a platform as the cluster runs them: what the operator put into their pods, and what they say of their start. */
import type { V1Pod } from '@kubernetes/client-node';
import { podLogs, podsOf } from '../src/clusters/kubernetes.ts';
import { labels, selector } from '../src/components/labels.ts';
import type { Apps, Platform } from '../src/platform/platform.ts';

export const apps = ['storefront', 'orders'] as const;
export type AppName = (typeof apps)[number];

/** With the agent, or the pair beside it without. */
export type Variant = 'injected' | 'plain';

export interface AppPod {
  readonly app: AppName;
  readonly pod: string;
  readonly node: string;
  readonly image: string;
  /** `sha256:…` of the image's configuration, as the node's runtime has it. */
  readonly imageId: string;
  /** Whether its annotations ask for injection. */
  readonly annotated: boolean;
  /** Init containers that the pod has and its deployment does not name: the agent's. */
  readonly agents: readonly string[];
  /** Names of the environment variables of the app's container. */
  readonly environment: readonly string[];
  readonly command: readonly string[];
}

/** @throws Error where the platform has none */
export function appsOf(platform: Platform): Apps {
  if (!platform.apps) throw new Error('this platform has no apps');
  return platform.apps;
}

/** One pod of each app. @throws Error where one has none that runs */
export async function appPods(platform: Platform, signal: AbortSignal, variant: Variant = 'injected'): Promise<readonly AppPod[]> {
  return Promise.all(apps.map(async (app) => appPodOf(app, await runningPod(platform, app, variant, signal))));
}

/** What an app's pod printed so far, line by line. */
export async function appLog(platform: Platform, app: AppName, signal: AbortSignal, variant: Variant = 'injected'): Promise<readonly string[]> {
  const { client, namespace } = appsOf(platform);
  const pod = await runningPod(platform, app, variant, signal);
  return (await podLogs(client, namespace, pod.metadata?.name ?? '', { container: app, signal })).split('\n').filter((line) => line !== '');
}

async function runningPod(platform: Platform, app: AppName, variant: Variant, signal: AbortSignal): Promise<V1Pod> {
  const { client, namespace } = appsOf(platform);
  const name = variant === 'plain' ? `${app}-plain` : app;
  const pods = await podsOf(client, namespace, selector(labels(platform.runId, name)), signal);
  const running = pods.find(({ metadata, status }) => status?.phase === 'Running' && metadata?.deletionTimestamp === undefined);
  if (!running) throw new Error(`no pod of ${name} runs in ${namespace}`);
  return running;
}

function appPodOf(app: AppName, { metadata, spec, status }: V1Pod): AppPod {
  const own = spec?.containers.find(({ name }) => name === app);
  const state = status?.containerStatuses?.find(({ name }) => name === app);
  return {
    app, pod: metadata?.name ?? '', node: spec?.nodeName ?? '', image: own?.image ?? '', imageId: state?.imageID ?? '',
    annotated: Object.keys(metadata?.annotations ?? {}).some((key) => key.startsWith('instrumentation.opentelemetry.io/inject-')),
    agents: (spec?.initContainers ?? []).map(({ name }) => name), environment: (own?.env ?? []).map(({ name }) => name), command: [...own?.command ?? [], ...own?.args ?? []],
  };
}
