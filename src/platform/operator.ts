import type { KubeClient } from '../clusters/kubernetes.ts';
import { podLogs, podsOf } from '../clusters/kubernetes.ts';
import { selector } from '../components/labels.ts';
import { operatorFiles } from '../components/operator/files.ts';
import { createWebhookKeys, readWebhookKeys } from '../components/operator/keys.ts';
import { lastError } from '../components/operator/log.ts';
import { fallbackGate, operatorObjects } from '../components/operator/manifests.ts';
import { collectorClusters } from './clusters.ts';
import { clientOf, imageFiles, imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { webhooksAnswer } from './webhooks.ts';

/** An operator that runs, and the cluster that it runs in. */
export interface Operator {
  readonly client: KubeClient;
  readonly namespace: string;
}

/** The operator of each cluster, for the whole run: sides share it, and some start at the same time. */
const operators = new WeakMap<KubeClient, { readonly form: string; readonly started: Promise<Operator> }>();

/** Starts the operator in every cluster that has collectors, while backends and targets start. */
export async function startOperators(deployment: Deployment): Promise<void> {
  const clients = new Set(collectorClusters(deployment.spec).map((name) => clientOf(deployment, name)));
  await Promise.all([...clients].map((client) => startOperator(deployment, client)));
}

/**
 * Starts the operator in a cluster, unless it runs there, and waits until its webhooks answer: what is applied before is refused,
 * and pods that are made before get no agent, which nobody would be told. Undefined where the platform has none.
 */
export async function startOperator(deployment: Deployment, client: KubeClient): Promise<Operator | undefined> {
  const { operator } = deployment.spec;
  if (!operator) return undefined;
  const known = operators.get(client);
  const featureGates = deployment.spec.allocator?.fallback ? [fallbackGate] : [];
  const form = [operator.version, ...featureGates].join(' ');
  if (known?.form === form) return known.started;
  // Another one takes the place of the one before, in the same namespace: definitions are the cluster's, and there is one of each.
  const started = (known?.started ?? Promise.resolve()).catch(() => undefined).then(() => startNew(deployment, client, operator.version, featureGates));
  operators.set(client, { form, started });
  // The next side may fare better.
  started.catch(() => operators.delete(client));
  return started;
}

async function startNew(deployment: Deployment, client: KubeClient, version: string, featureGates: readonly string[]): Promise<Operator> {
  const { runId, images, files, signal } = deployment;
  const image = { component: 'operator', version };
  const namespace = `pl-${runId}-operator`;
  await deployment.step('platform', `operator ${[version, ...featureGates].join(' with ')}${clusterSuffix(deployment, client)}`, async (step) => {
    await start(client, [namespaceObject(runId, namespace)], deployment);
    const [brought, found] = await Promise.all([operatorFiles(imageFiles(files, image)), readWebhookKeys(client, namespace, signal)]);
    const keys = found ?? await createWebhookKeys(namespace);
    await start(client, operatorObjects({ runId, namespace, image: imageReference(images, image) }, brought, keys, featureGates), deployment);
    await ready({ client, namespace, kind: 'Deployment', name: 'operator' }, deployment);
    await webhooksAnswer({ client, namespace, runId }, { signal, note: step.note });
  });
  return { client, namespace };
}

/** Where a platform has several clusters, each with an operator. */
function clusterSuffix({ clients }: Deployment, client: KubeClient): string {
  const name = [...clients].find(([, one]) => one === client)?.[0];
  return new Set(clients.values()).size > 1 && name !== undefined ? ` in ${name}` : '';
}

/** Lines of the operator's log that are looked through for the reason of something. */
const logLines = 200;

/** What the operator last complained of about an object of this name in this namespace; undefined where it did not. */
export async function operatorComplaint({ client, namespace }: Operator, about: { namespace: string; name: string }, signal?: AbortSignal): Promise<string | undefined> {
  const pods = await podsOf(client, namespace, selector({ 'app.kubernetes.io/name': 'operator' }), signal);
  const logs = await Promise.all(pods.map((pod) => podLogs(client, namespace, pod.metadata?.name ?? '', { tailLines: logLines, ...(signal ? { signal } : {}) }).catch(() => '')));
  return lastError(logs.join('\n'), about);
}
