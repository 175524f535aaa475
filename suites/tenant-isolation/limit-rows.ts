import type { LimitCase } from '../../helpers/index.ts';

/** A limit whose answers are measured, by the tenant of silent-loss.yaml that has it. */
export interface LimitRow extends Omit<LimitCase, 'tenant'> {
  readonly tenant: string;
  readonly limit: string;
}

const wide = 'x'.repeat(500);
const eight = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((key) => [`extra_${key}`, key]));

export const limitRows: readonly LimitRow[] = [
  { tenant: 'mimir-rate', backend: 'mimir', limit: 'ingestion rate', load: { items: 1200, batch: 400, ratePerSecond: 1000, series: 400 } },
  { tenant: 'mimir-requests', backend: 'mimir', limit: 'request rate', load: { items: 40, batch: 10, ratePerSecond: 30, series: 10 } },
  { tenant: 'mimir-series', backend: 'mimir', limit: 'series of a tenant', load: { items: 200, batch: 200, ratePerSecond: 2000, series: 200 } },
  { tenant: 'mimir-old', backend: 'mimir', limit: 'sample too old', load: { items: 20, batch: 20, ratePerSecond: 200, series: 20, timestampOffsetSeconds: -7200 } },
  { tenant: 'mimir-future', backend: 'mimir', limit: 'sample too far in the future', load: { items: 20, batch: 20, ratePerSecond: 200, series: 20, timestampOffsetSeconds: 7200 } },
  { tenant: 'mimir-labels', backend: 'mimir', limit: 'too many labels', load: { items: 20, batch: 20, ratePerSecond: 200, series: 20, attributes: eight } },
  { tenant: 'mimir-label-size', backend: 'mimir', limit: 'label value too long', load: { items: 20, batch: 20, ratePerSecond: 200, series: 20, attributes: { long: wide } } },
  { tenant: 'loki-rate', backend: 'loki', limit: 'ingestion rate', load: { items: 240, batch: 80, ratePerSecond: 200, padBytes: 1000 } },
  { tenant: 'loki-stream-rate', backend: 'loki', limit: 'rate of a stream', load: { items: 240, batch: 80, ratePerSecond: 200, padBytes: 1000 } },
  { tenant: 'loki-streams', backend: 'loki', limit: 'streams of a tenant', load: { items: 20, batch: 20, ratePerSecond: 200, series: 20 } },
  { tenant: 'loki-line', backend: 'loki', limit: 'line too long', load: { items: 20, batch: 20, ratePerSecond: 200, padBytes: 500 } },
  { tenant: 'loki-old', backend: 'loki', limit: 'line too old', load: { items: 20, batch: 20, ratePerSecond: 200, timestampOffsetSeconds: -7200 } },
  { tenant: 'loki-labels', backend: 'loki', limit: 'too many labels', load: { items: 20, batch: 20, ratePerSecond: 200, resource: { 'service.namespace': 'a', 'cloud.region': 'b', 'k8s.pod.name': 'c', 'k8s.namespace.name': 'd' } } },
  { tenant: 'loki-metadata', backend: 'loki', limit: 'too much structured metadata', load: { items: 20, batch: 20, ratePerSecond: 200, attributes: eight } },
  { tenant: 'loki-metadata-size', backend: 'loki', limit: 'structured metadata too large', load: { items: 20, batch: 20, ratePerSecond: 200, attributes: { long: wide } } },
  { tenant: 'tempo-rate', backend: 'tempo', limit: 'ingestion rate', load: { items: 240, batch: 80, ratePerSecond: 200, padBytes: 1000 } },
  { tenant: 'tempo-traces', backend: 'tempo', limit: 'live traces', load: { items: 40, batch: 40, ratePerSecond: 400, spansPerTrace: 1 } },
  { tenant: 'tempo-trace-size', backend: 'tempo', limit: 'trace too large', load: { items: 20, batch: 20, ratePerSecond: 200, padBytes: 1000 } },
  { tenant: 'tempo-attribute', backend: 'tempo', limit: 'attribute too long', load: { items: 20, batch: 20, ratePerSecond: 200, padBytes: 500 } },
];
