import type { KubeClient } from '../clusters/kubernetes.ts';
import { podsOf, proxyGet } from '../clusters/kubernetes.ts';
import { collectorMetricsPort } from '../components/collector/manifests.ts';
import { operatedSampler, operatedSamplers, samplerObjects, samplersHostname, samplersName, samplersService } from '../components/collector/samplers.ts';
import { knownSamplers, samplerConfig } from '../components/collector/sampling-config.ts';
import type { Balancing } from '../components/collector/sampling-config.ts';
import { componentLabels, selector } from '../components/labels.ts';
import { metricSamples } from '../run/prometheus-text.ts';
import { until } from '../run/wait.ts';
import { operatorComplaint } from './operator.ts';
import type { Operator } from './operator.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';

/** Where the second tier of a side is, and for whom. */
export interface Sampled {
  readonly client: KubeClient;
  readonly namespace: string;
  /** Undefined: they are deployed as plain objects. */
  readonly operator: Operator | undefined;
  /** X-Scope-OrgID of what they keep, and where it goes. */
  readonly tenant: string;
  readonly otlpUrl: string;
}

/** Starts the second tier and waits until all of it is Ready; answers how the first one sends to it. Undefined where the platform has none. */
export async function startSamplers(deployment: Deployment, sampled: Sampled): Promise<Balancing | undefined> {
  const { runId, images, spec } = deployment;
  if (!spec.sampling) return undefined;
  const { client, namespace, operator, tenant, otlpUrl } = sampled;
  const { collectors, routing, keepPercent, slowMs } = spec.sampling;
  const config = samplerConfig({ keepPercent, slowMs, tenant, otlpUrl, metricsPort: collectorMetricsPort, delivery: spec.collector });
  const place = { runId, namespace, image: imageReference(images, { component: 'collector', version: spec.collector.version }) };
  const objects = operator ? [operatedSamplers(place, config, collectors)] : samplerObjects(place, config, collectors);
  await start(client, [namespaceObject(runId, namespace), samplersService(place), ...objects], deployment);
  const complaint = (by: Operator) => ({ absent: (signal: AbortSignal) => operatorComplaint(by, { namespace, name: operatedSampler }, signal) });
  const workload = operator ? { name: `${operatedSampler}-collector`, ...complaint(operator) } : { name: samplersName };
  await ready({ client, namespace, kind: 'Deployment', ...workload }, deployment);
  return { hostname: samplersHostname(namespace), routing };
}

/** A name is resolved once a second, and DNS keeps an answer for some. */
const knownTimeoutMs = 30_000;

/**
 * Waits until every collector of the first tier knows all of the second: before that a trace's spans go to one sampler, and after it to
 * another, and a trace that is cut in two is no fault of the platform.
 */
export async function samplersKnown({ spec, runId, signal, note }: Deployment, { client, namespace }: Pick<Sampled, 'client' | 'namespace'>): Promise<void> {
  const wanted = spec.sampling?.collectors;
  if (wanted === undefined) return;
  await until('samplers known to every collector', async ({ saw, signal: look }) => {
    const pods = (await podsOf(client, namespace, selector(componentLabels(runId, 'collector')), look)).flatMap(({ metadata }) => metadata?.name ?? []);
    const texts = await Promise.all(pods.map((pod) => proxyGet(client, namespace, 'pod', pod, collectorMetricsPort, '/metrics', look)));
    const known = texts.map((text) => Math.max(0, ...metricSamples(text, knownSamplers).map(({ value }) => value)));
    saw(`${known.join(', ')} of ${wanted} known`);
    return pods.length > 0 && known.every((one) => one === wanted) ? true : undefined;
  }, { timeoutMs: knownTimeoutMs, signal, step: { note } });
}
