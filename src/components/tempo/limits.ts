import { apply as mergePatch } from 'json-merge-patch';
import { dotted, reloadSeconds } from '../limits-recipe.ts';
import type { LimitsRecipe, TenantLimits } from '../limits-recipe.ts';
import { inner, reloadFailed, renderOverrides, showsLimits, withBursts, yamlAnswer } from '../overrides-file.ts';

/** Limits of a tenant without overrides: none that a test's own load reaches. In brackets what Tempo has by default. */
export const tempoDefaults = {
  ingestion: {
    // [local] The one distributor's own share; there is nobody to divide it with.
    rate_strategy: 'local',
    // [15e6] Bytes a second: three tenants of 10,000 spans, and a flood, must be stopped by an override and by nothing else.
    rate_limit_bytes: 200_000_000,
    // [20e6] One second of the rate.
    burst_size_bytes: 200_000_000,
    // [10,000] Live traces; a test may give each span a trace of its own.
    max_traces_per_user: 1_000_000,
  },
  read: {
    // [1e6]
    max_bytes_per_tag_values_query: 10_000_000,
  },
  metrics_generator: {
    // [classic] Named only because a tenant's overrides replace all defaults.
    generate_native_histograms: 'classic',
  },
  global: {
    // [5e6] A flood may send 1,000 spans of 5 KB in one trace.
    max_bytes_per_trace: 100_000_000,
  },
};

/** One batch of a collector is up to 5,000 spans, here of 200 bytes; with less than that, nothing at all would come through. */
const bursts = [{ rate: 'rate_limit_bytes', burst: 'burst_size_bytes', atLeast: 1_000_000 }];

/** Limits that Tempo leaves out of /status/config while they are zero (`yaml:",omitempty"` in modules/overrides/config.go). */
const hiddenNames = [
  'ingestion.max_global_traces_per_user', 'ingestion.tenant_shard_size', 'ingestion.max_attribute_bytes', 'ingestion.artificial_delay',
  'read.max_blocks_per_tag_values_query', 'read.max_search_duration', 'read.max_metrics_duration', 'read.unsafe_query_hints',
  'compaction.block_retention', 'compaction.compaction_window', 'compaction.compaction_disabled',
  'metrics_generator.ring_size', 'metrics_generator.processors', 'metrics_generator.max_active_series', 'metrics_generator.collection_interval',
  'metrics_generator.disable_collection', 'metrics_generator.trace_id_label_name', 'metrics_generator.remote_write_headers',
  'metrics_generator.forwarder', 'metrics_generator.processor',
  'forwarders', 'storage.parquet_dedicated_columns', 'cost_attribution.max_cardinality', 'cost_attribution.dimensions',
];

export const tempoLimits: LimitsRecipe = {
  name: 'tempo',
  overridesConfigMap: 'tempo-overrides',
  reloadSeconds,
  render: (byTenant) => renderOverrides(byTenant, complete),
  statePath: '/status/runtime_config',
  inForce(answer, tenantId, limits) {
    const state = yamlAnswer(answer);
    if (!state || !('defaults' in state)) return false;
    return showsLimits(state, tenantId, limits);
  },
  namesPath: '/status/config',
  names(answer) {
    const limits = inner(inner(yamlAnswer(answer), 'overrides'), 'defaults');
    if (Object.keys(limits).length === 0) throw new Error('no `overrides.defaults` in Tempo\'s /status/config');
    return new Map([...hiddenNames.map((name) => [name, undefined] as const), ...dotted(limits)]);
  },
  metricsPath: '/metrics',
  lastReloadFailed: (metrics) => reloadFailed(metrics, 'tempo'),
};

/** In Tempo a tenant's overrides replace the defaults as a whole: what they leave out is 0, and a rate of 0 refuses all. */
function complete(limits: TenantLimits): TenantLimits {
  const ingestion = withBursts(inner(limits, 'ingestion'), bursts);
  return mergePatch(structuredClone(tempoDefaults), { ...structuredClone(limits), ingestion }) as TenantLimits;
}
