import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import type { AxiosResponse } from 'axios';
import { json, statusMessage } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { labels } from '../components/labels.ts';
import { missingAgents } from '../components/operator/injected.ts';
import { collectorResource, injectAnnotation, instrumentationResource } from '../components/operator/resources.ts';
import { until } from '../run/wait.ts';

interface Asking {
  readonly client: KubeClient;
  /** That of the operator, or one with an Instrumentation. */
  readonly namespace: string;
  readonly runId: string;
}

/** From Ready to the first answer through the API server it takes less than a second; the rest is a busy machine's. */
const answerTimeoutMs = 60_000;

/** Name of the one resource that stays: a pod gets what the Instrumentation of its namespace says. */
const probe = 'webhooks-answer';

/**
 * Waits until the operator's webhooks answer the API server: for its resources by a dry run, and for pods by one that comes back
 * with an agent's settings, since the API server makes a pod without asking where the webhook does not answer.
 */
export async function webhooksAnswer(asking: Asking, watching: { signal: AbortSignal; note(text: string): void }): Promise<void> {
  await until('answers of the operator\'s webhooks', async ({ saw, signal }) => {
    const seen = await firstRefusal(asking, signal);
    if (seen !== undefined) saw(seen);
    return seen === undefined ? true : undefined;
  }, { timeoutMs: answerTimeoutMs, intervalMs: 100, signal: watching.signal, step: watching });
}

async function firstRefusal(asking: Asking, signal: AbortSignal): Promise<string | undefined> {
  const { namespace, runId } = asking;
  const named = { runId, namespace, name: probe };
  const group = `/apis/opentelemetry.io`;
  const instrumentation = await create(asking, `${group}/v1alpha1/namespaces/${namespace}/instrumentations`, instrumentationResource(named, { endpoint: 'http://127.0.0.1:4318', propagators: ['tracecontext'] }), {}, signal);
  // It is there from the look before, and admission comes before that is seen.
  if (instrumentation.status >= 300 && instrumentation.status !== 409) return statusMessage(instrumentation);
  const collector = collectorResource(named, { mode: 'deployment', app: probe, image: probe, memory: { request: 1, limit: 1 }, config: smallest });
  const dryRun = { dryRun: 'All' };
  const collectors = await create(asking, `${group}/v1beta1/namespaces/${namespace}/opentelemetrycollectors`, collector, dryRun, signal);
  if (collectors.status >= 300) return statusMessage(collectors);
  return uninjected(asking, 'operator', signal);
}

/**
 * Waits until a pod of a namespace gets what its Instrumentation says: the operator learns of one a moment after it was applied, and
 * a pod that is made within that moment gets no agent.
 */
export async function injectionWorks(asking: Asking, watching: { signal: AbortSignal; note(text: string): void }): Promise<void> {
  await until(`the operator to know the Instrumentation of ${asking.namespace}`, async ({ saw, signal }) => {
    const seen = await uninjected(asking, 'default', signal);
    if (seen !== undefined) saw(seen);
    return seen === undefined ? true : undefined;
  }, { timeoutMs: answerTimeoutMs, intervalMs: 100, signal: watching.signal, step: watching });
}

/** Why a pod with the annotation would come without an agent's settings; undefined where it would not. */
async function uninjected(asking: Asking, serviceAccountName: string, signal: AbortSignal): Promise<string | undefined> {
  const pod = await create(asking, `/api/v1/namespaces/${asking.namespace}/pods`, annotatedPod(asking, serviceAccountName), { dryRun: 'All' }, signal);
  if (pod.status >= 300) return statusMessage(pod);
  return missingAgents(json(pod) as V1Pod).length === 0 ? undefined : 'a pod with the annotation comes back unchanged';
}

/** As small as a configuration may be. */
const smallest = {
  receivers: { otlp: { protocols: { http: {} } } }, exporters: { debug: {} }, service: { pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } } },
};

function annotatedPod({ runId, namespace }: Asking, serviceAccountName: string): KubernetesObject {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: probe, namespace, labels: labels(runId, probe), annotations: { [injectAnnotation('sdk')]: 'true' } },
    spec: { serviceAccountName, automountServiceAccountToken: false, containers: [{ name: 'probe', image: probe }] },
  } as KubernetesObject;
}

function create({ client }: Asking, path: string, object: KubernetesObject, params: object, signal: AbortSignal): Promise<AxiosResponse<string>> {
  return client.http.post<string>(path, JSON.stringify(object), { params, headers: { 'Content-Type': 'application/json' }, signal });
}
