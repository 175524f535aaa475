/** What a tenant's collectors say of themselves: shown beside the ledger, never in its place. */
import { podLogs, podsOf, proxyGet } from '../src/clusters/kubernetes.ts';
import { collectorMetricsPort } from '../src/components/collector/manifests.ts';
import { componentLabels, selector } from '../src/components/labels.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { metricSamples } from '../src/run/prometheus-text.ts';
import type { MetricSample } from '../src/run/prometheus-text.ts';

export type { MetricSample } from '../src/run/prometheus-text.ts';

/** Own metrics of the collectors that serve a tenant, of all of them together, whose names match. Tenants of one cluster share collectors. */
export async function collectorMetrics(platform: Platform, tenant: Tenant, name: RegExp, signal: AbortSignal): Promise<readonly MetricSample[]> {
  const pods = await podNames(platform, tenant, signal);
  const texts = await Promise.all(pods.map((pod) => proxyGet(tenant.client, tenant.namespace, 'pod', pod, collectorMetricsPort, '/metrics', signal)));
  return texts.flatMap((text) => metricSamples(text, name));
}

/** What they logged, line by line. */
export async function collectorLogLines(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<readonly string[]> {
  const pods = await podNames(platform, tenant, signal);
  const logs = await Promise.all(pods.map((pod) => podLogs(tenant.client, tenant.namespace, pod, { signal })));
  return logs.flatMap((log) => log.split('\n').filter((line) => line !== ''));
}

async function podNames(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<readonly string[]> {
  const pods = await podsOf(tenant.client, tenant.namespace, selector(componentLabels(platform.runId, 'collector')), signal);
  return pods.flatMap((pod) => pod.metadata?.name ?? []);
}
