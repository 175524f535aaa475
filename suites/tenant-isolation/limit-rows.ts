/** The limits whose answers are measured: what is sent, and what is known of the answer beforehand. */
import type { LimitCase } from '../../helpers/index.ts';
import type { Outcome } from './limit-table.ts';

/** A limit, by the tenant of silent-loss.yaml that has it and nothing else. */
export interface LimitRow extends Omit<LimitCase, 'tenant'> {
  readonly tenant: string;
  readonly limit: string;
  /** Status and outcome as regressions were written down before they were measured; left out: nothing was known. */
  readonly known?: { readonly status: number; readonly outcome: Outcome };
}

const retried = { status: 429, outcome: 'retried' } as const;
const dropped = { status: 400, outcome: 'dropped' } as const;
const silent = { status: 200, outcome: 'silent loss' } as const;

/** One request, all of it beyond the limit. */
const once = { items: 20, batch: 20, ratePerSecond: 200 };

/**
 * Mimir's two rates have two requests, for it has a refused one wait for 6 s and more. The others' have three, of which
 * the burst lets one or two through. All are 0.4 s apart: closer ones a collector would put into one batch, and a batch beyond the
 * burst is refused for ever.
 */
const thrice = { items: 240, batch: 80, ratePerSecond: 200, padBytes: 1000 };

const long = { long: 'x'.repeat(500) };
const eight = Object.fromEntries([...'abcdefgh'].map((letter) => [`extra_${letter}`, letter]));

/** Resource attributes that Loki makes labels of (its default otlp_config). */
const labels = { 'service.namespace': 'a', 'cloud.region': 'b', 'k8s.pod.name': 'c', 'k8s.namespace.name': 'd' };

const mimir: readonly Omit<LimitRow, 'backend'>[] = [
  { tenant: 'mimir-rate', limit: 'ingestion rate', load: { items: 800, batch: 400, ratePerSecond: 1000, series: 400 }, known: retried },
  { tenant: 'mimir-requests', limit: 'request rate', load: { items: 20, batch: 10, ratePerSecond: 25, series: 10 }, known: retried },
  { tenant: 'mimir-series', limit: 'series of a tenant', load: { items: 200, batch: 200, ratePerSecond: 2000, series: 200 }, known: silent },
  { tenant: 'mimir-old', limit: 'sample too old', load: { ...once, series: 20, timestampOffsetSeconds: -7200 } },
  { tenant: 'mimir-future', limit: 'sample too far in the future', load: { ...once, series: 20, timestampOffsetSeconds: 7200 } },
  { tenant: 'mimir-labels', limit: 'too many labels', load: { ...once, series: 20, attributes: eight } },
  { tenant: 'mimir-label-size', limit: 'label value too long', load: { ...once, series: 20, attributes: long } },
];

const loki: readonly Omit<LimitRow, 'backend'>[] = [
  { tenant: 'loki-rate', limit: 'ingestion rate', load: thrice, known: retried },
  { tenant: 'loki-stream-rate', limit: 'rate of a stream', load: thrice, known: retried },
  { tenant: 'loki-streams', limit: 'streams of a tenant', load: { ...once, series: 20 }, known: retried },
  { tenant: 'loki-line', limit: 'line too long', load: { ...once, padBytes: 500 }, known: dropped },
  { tenant: 'loki-old', limit: 'line too old', load: { ...once, timestampOffsetSeconds: -7200 }, known: dropped },
  { tenant: 'loki-labels', limit: 'too many labels', load: { ...once, resource: labels }, known: dropped },
  { tenant: 'loki-metadata', limit: 'too much structured metadata', load: { ...once, attributes: eight } },
  { tenant: 'loki-metadata-size', limit: 'structured metadata too large', load: { ...once, attributes: long } },
];

const tempo: readonly Omit<LimitRow, 'backend'>[] = [
  { tenant: 'tempo-rate', limit: 'ingestion rate', load: thrice, known: retried },
  { tenant: 'tempo-traces', limit: 'live traces', load: { ...once, spansPerTrace: 1 }, known: silent },
  { tenant: 'tempo-trace-size', limit: 'trace too large', load: { ...once, padBytes: 1000 }, known: silent },
  { tenant: 'tempo-attribute', limit: 'attribute too long', load: { ...once, padBytes: 500 } },
];

export const limitRows: readonly LimitRow[] = [
  ...mimir.map((row): LimitRow => ({ ...row, backend: 'mimir' })),
  ...loki.map((row): LimitRow => ({ ...row, backend: 'loki' })),
  ...tempo.map((row): LimitRow => ({ ...row, backend: 'tempo' })),
];
