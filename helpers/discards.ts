/** What backends say that they threw away, and in whose name. It gives a reason; whether something is lost, the ledger says. */
import { proxyGet } from '../src/clusters/kubernetes.ts';
import type { BackendName } from '../src/components/backend.ts';
import type { Platform } from '../src/platform/platform.ts';
import { metricSamples } from '../src/run/prometheus-text.ts';
import { backendNamed } from './flows.ts';

/** Items that a backend discarded since it started. */
export interface Discard {
  /** X-Scope-OrgID in whose name they are counted. */
  readonly tenantId: string;
  /** The backend's own word, e.g. `rate_limited`. */
  readonly reason: string;
  readonly items: number;
}

/** Names of the counters and of their tenant label. */
const counters: Readonly<Record<BackendName, { name: RegExp; tenant: string }>> = {
  mimir: { name: /^cortex_discarded_samples_total$/, tenant: 'user' },
  loki: { name: /^loki_discarded_samples_total$/, tenant: 'tenant' },
  tempo: { name: /^tempo_discarded_spans_total$/, tenant: 'tenant' },
};

/** The backend's counters of discarded items, by tenant and reason. Sides have tenants of their own, so a side sees its own counts. */
export async function discards(platform: Platform, name: BackendName, signal: AbortSignal): Promise<readonly Discard[]> {
  const sums = new Map<string, Discard>();
  for (const { labels, value } of metricSamples(await backendMetrics(platform, name, signal), counters[name].name)) {
    const tenantId = labels[counters[name].tenant] ?? '';
    const reason = labels['reason'] ?? '';
    const key = `${tenantId} ${reason}`;
    sums.set(key, { tenantId, reason, items: (sums.get(key)?.items ?? 0) + value });
  }
  return [...sums.values()].filter(({ items }) => items > 0);
}

/** Items that are counted under a tenant for one reason. */
export function discardedAs(all: readonly Discard[], tenantId: string, reason: string): number {
  return all.filter((one) => one.tenantId === tenantId && one.reason === reason).reduce((sum, { items }) => sum + items, 0);
}

/** The text of a backend's own metrics. @throws Error where the platform has no such backend */
export async function backendMetrics(platform: Platform, name: BackendName, signal: AbortSignal): Promise<string> {
  const backend = backendNamed(platform, name);
  return proxyGet(backend.client, backend.namespace, 'service', name, 'http', '/metrics', signal);
}

/** Spans that Tempo has counted in for a tenant since it started: says when to look, never what is stored. */
export async function receivedSpans(platform: Platform, { id }: { readonly id: string }, signal: AbortSignal): Promise<number> {
  const samples = metricSamples(await backendMetrics(platform, 'tempo', signal), /^tempo_distributor_spans_received_total$/);
  return samples.filter(({ labels }) => labels['tenant'] === id).reduce((sum, { value }) => sum + value, 0);
}
