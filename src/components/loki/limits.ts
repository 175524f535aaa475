import { durationSeconds, sizeBytes } from '../limit-value.ts';
import { dotted, reloadSeconds } from '../limits-recipe.ts';
import type { LimitsRecipe } from '../limits-recipe.ts';
import { inner, reloadFailed, renderOverrides, withBursts, yamlAnswer } from '../overrides-file.ts';

/** Limits of a tenant without overrides: none that a test's own load reaches. In brackets what Loki has by default. */
export const lokiDefaults = {
  // [4] MB a second: three tenants of 10,000 lines, and a flood, must be stopped by an override and by nothing else.
  ingestion_rate_mb: 100,
  // [6] One second of the rate.
  ingestion_burst_size_mb: 100,
  // [3MB] A flow is one stream.
  per_stream_rate_limit: '100MB',
  // [15MB]
  per_stream_rate_limit_burst: '100MB',
  // [5,000]
  max_global_streams_per_user: 100_000,
  // [5,000] What a tenant stored is counted in one answer.
  max_entries_limit_per_query: 1_000_000,
  // [true] OTLP attributes are structured metadata; refused without.
  allow_structured_metadata: true,
  // [true] Adds a detected_level to each line, which the sender did not send.
  discover_log_levels: false,
  // [true] A stream that is split by its rate would have a label that the sender did not give it.
  shard_streams: { enabled: false },
};

/** One batch of a collector is up to 5,000 lines, here of 100 bytes; with less than that, nothing at all would come through. */
const bursts = [{ rate: 'ingestion_rate_mb', burst: 'ingestion_burst_size_mb', atLeast: 0.5 }];

/** Limits that Loki leaves out of /config while they are empty (`yaml:",omitempty"` in pkg/validation/limits.go). */
const hiddenNames = [
  'ruler_remote_write_relabel_configs', 'ruler_remote_write_config', 'retention_stream', 'blocked_queries', 'required_labels',
  'minimum_labels_number', 'shard_aggregations',
];

export const lokiLimits: LimitsRecipe = {
  name: 'loki',
  overridesConfigMap: 'loki-overrides',
  reloadSeconds,
  render: (byTenant) => renderOverrides(byTenant, (limits) => withBursts(limits, bursts)),
  statePath: '/metrics',
  /**
   * Reads the overrides exporter: numbers, sizes, durations and booleans, and of a tenant only what differs from the default.
   * Texts, lists and mappings are not exported; they came in the same file and are taken to be in force with the rest.
   */
  inForce(answer, tenantId, limits) {
    const defaults = exported(answer, /^loki_overrides_defaults\{limit_name="([^"]+)"\} (\S+)$/gm);
    if (defaults.size === 0) return false;
    const own = exported(answer, new RegExp(`^loki_overrides\\{limit_name="([^"]+)",user="${escaped(tenantId)}"\\} (\\S+)$`, 'gm'));
    if (Object.keys(limits).length === 0) return own.size === 0;
    return [...dotted(limits)].every(([name, asked]) => !defaults.has(name) || equals(asked, own.get(name) ?? defaults.get(name)));
  },
  namesPath: '/config',
  names(answer) {
    const limits = inner(yamlAnswer(answer), 'limits_config');
    if (Object.keys(limits).length === 0) throw new Error('no `limits_config` in Loki\'s /config');
    return new Map([...hiddenNames.map((name) => [name, undefined] as const), ...Object.entries(limits)]);
  },
  metricsPath: '/metrics',
  lastReloadFailed: (metrics) => reloadFailed(metrics, 'loki'),
};

function exported(metrics: string, line: RegExp): Map<string, number> {
  return new Map([...metrics.matchAll(line)].map(([, name, value]) => [name ?? '', Number(value)]));
}

/** The exporter writes durations in ns, sizes in bytes, booleans as 0 and 1. */
function equals(asked: unknown, shown: number | undefined): boolean {
  if (typeof asked === 'boolean') return shown === Number(asked);
  const inSeconds = typeof asked === 'string' ? durationSeconds(asked) : undefined;
  // A float of ns is exact to about a microsecond in a week.
  if (inSeconds !== undefined) return shown !== undefined && Math.abs(shown / 1e9 - inSeconds) < 1e-6 * Math.max(1, inSeconds);
  return shown === (sizeBytes(asked) ?? Number(asked));
}

/** Metrics write a label's value with escapes; tenant ids hold letters, digits and `!-_.*'()`, of which regular expressions take some. */
function escaped(tenantId: string): string {
  return tenantId.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
