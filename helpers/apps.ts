/** The apps of a platform as the cluster runs them: what the operator put into their pods, and what they say of their start. */
import { isDeepStrictEqual } from 'node:util';
import type { V1Container, V1Deployment, V1Pod, V1PodSpec } from '@kubernetes/client-node';
import { get, json } from '../src/clusters/kube-api.ts';
import { podLogs, podsOf } from '../src/clusters/kubernetes.ts';
import { labels, selector } from '../src/components/labels.ts';
import { plainSuffix } from '../src/platform/apps.ts';
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
  /** Whether it runs the image, command and arguments that its deployment names. */
  readonly asDeclared: boolean;
  /** What the pod has and its deployment does not name: what was put in on its way to the node. */
  readonly added: { readonly initContainers: readonly string[]; readonly environment: readonly string[] };
}

/** @throws Error where the platform has none */
export function appsOf(platform: Platform): Apps {
  if (!platform.apps) throw new Error('this platform has no apps');
  return platform.apps;
}

/** One pod of each app. @throws Error where one has none that runs */
export async function appPods(platform: Platform, signal: AbortSignal, variant: Variant = 'injected'): Promise<readonly AppPod[]> {
  const { client, namespace } = appsOf(platform);
  return Promise.all(apps.map(async (app) => {
    const deployment = json(await get(client, `/apis/apps/v1/namespaces/${namespace}/deployments/${deploymentOf(app, variant)}`, { signal })) as V1Deployment;
    return appPodOf(app, await runningPod(platform, app, variant, signal), deployment.spec?.template.spec);
  }));
}

/** What an app's pod printed so far, line by line. */
export async function appLog(platform: Platform, app: AppName, signal: AbortSignal, variant: Variant = 'injected'): Promise<readonly string[]> {
  const { client, namespace } = appsOf(platform);
  const pod = await runningPod(platform, app, variant, signal);
  return (await podLogs(client, namespace, pod.metadata?.name ?? '', { container: app, signal })).split('\n').filter((line) => line !== '');
}

/** An app's pod that runs. @throws Error where none does */
export async function runningPod(platform: Platform, app: AppName, variant: Variant, signal: AbortSignal): Promise<V1Pod> {
  const { client, namespace } = appsOf(platform);
  const name = deploymentOf(app, variant);
  const pods = await podsOf(client, namespace, selector(labels(platform.runId, name)), signal);
  const running = pods.find(({ metadata, status }) => status?.phase === 'Running' && metadata?.deletionTimestamp === undefined);
  if (!running) throw new Error(`no pod of ${name} runs in ${namespace}`);
  return running;
}

/** Name of an app's deployment. */
export function deploymentOf(app: AppName, variant: Variant): string {
  return variant === 'plain' ? `${app}${plainSuffix}` : app;
}

function appPodOf(app: AppName, { metadata, spec, status }: V1Pod, declared: V1PodSpec | undefined): AppPod {
  const [own, wanted] = [spec, declared].map((one) => one?.containers.find(({ name }) => name === app));
  const state = status?.containerStatuses?.find(({ name }) => name === app);
  const names = (list: readonly { name: string }[] | undefined): readonly string[] => (list ?? []).map(({ name }) => name);
  const addedTo = (now: readonly string[], before: readonly string[]): readonly string[] => now.filter((name) => !before.includes(name));
  const started = (container: V1Container | undefined) => [container?.image, container?.command, container?.args];
  return {
    app, pod: metadata?.name ?? '', node: spec?.nodeName ?? '', image: own?.image ?? '', imageId: state?.imageID ?? '',
    annotated: Object.keys(metadata?.annotations ?? {}).some((key) => key.startsWith('instrumentation.opentelemetry.io/inject-')),
    asDeclared: isDeepStrictEqual(started(own), started(wanted)),
    added: { initContainers: addedTo(names(spec?.initContainers), names(declared?.initContainers)), environment: addedTo(names(own?.env), names(wanted?.env)) },
  };
}
