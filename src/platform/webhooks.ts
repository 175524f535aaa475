import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import type { AxiosResponse } from 'axios';
import { json, statusMessage } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { labels } from '../components/labels.ts';
import { collectorResource, injectAnnotation, instrumentationResource } from '../components/operator/resources.ts';
import { until } from '../run/wait.ts';

interface Asking {
  readonly client: KubeClient;
  /** The operator's own. */
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
  const pod = await create(asking, `/api/v1/namespaces/${namespace}/pods`, annotatedPod(named), dryRun, signal);
  if (pod.status >= 300) return statusMessage(pod);
  const { spec } = json(pod) as V1Pod;
  return spec?.containers[0]?.env?.some(({ name }) => name.startsWith('OTEL_')) ? undefined : 'a pod with the annotation comes back unchanged';
}

/** As small as a configuration may be. */
const smallest = {
  receivers: { otlp: { protocols: { http: {} } } }, exporters: { debug: {} }, service: { pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } } },
};

function annotatedPod({ runId, namespace, name }: { runId: string; namespace: string; name: string }): KubernetesObject {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: labels(runId, name), annotations: { [injectAnnotation('sdk')]: name } },
    spec: { serviceAccountName: 'operator', automountServiceAccountToken: false, containers: [{ name: 'probe', image: name }] },
  } as KubernetesObject;
}

function create({ client }: Asking, path: string, object: KubernetesObject, params: object, signal: AbortSignal): Promise<AxiosResponse<string>> {
  return client.http.post<string>(path, JSON.stringify(object), { params, headers: { 'Content-Type': 'application/json' }, signal });
}
