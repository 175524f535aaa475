import { reloadSeconds } from '../limits-recipe.ts';
import type { LimitsRecipe } from '../limits-recipe.ts';
import { inner, reloadFailed, renderOverrides, showsLimits, withBursts, yamlAnswer } from '../overrides-file.ts';

/** Limits of a tenant without overrides: none that a test's own load reaches. In brackets what Mimir has by default. */
export const mimirDefaults = {
  // [10,000] Samples a second: three tenants of 10,000, and a flood, must be stopped by an override and by nothing else.
  ingestion_rate: 1_000_000,
  // [200,000] One second of the rate.
  ingestion_burst_size: 1_000_000,
  // [150,000] A test may give each of its samples a series of its own.
  max_global_series_per_user: 1_000_000,
  // [0] A batch that is sent again may be overtaken by the one after it; without a window Mimir drops its samples as out of order.
  out_of_order_time_window: '5m',
};

/** One batch of a collector at its largest is 5,000 samples; with less than two, nothing at all would come through. */
const bursts = [{ rate: 'ingestion_rate', burst: 'ingestion_burst_size', atLeast: 10_000 }];

/** Limits that Mimir leaves out of /config while they are empty (`yaml:",omitempty"` in pkg/util/validation/limits.go). */
const hiddenNames = ['metric_relabel_configs', 'blocked_queries', 'limited_queries', 'blocked_requests', 'cost_attribution_labels_structured'];

export const mimirLimits: LimitsRecipe = {
  name: 'mimir',
  overridesConfigMap: 'mimir-overrides',
  reloadSeconds,
  render: (byTenant) => renderOverrides(byTenant, (limits) => withBursts(limits, bursts)),
  statePath: '/runtime_config',
  inForce(answer, tenantId, limits) {
    const state = yamlAnswer(answer);
    if (!state) return false;
    return showsLimits(state, tenantId, limits);
  },
  namesPath: '/config',
  names(answer) {
    const limits = inner(yamlAnswer(answer), 'limits');
    if (Object.keys(limits).length === 0) throw new Error('no `limits` in Mimir\'s /config');
    return new Map([...hiddenNames.map((name) => [name, undefined] as const), ...Object.entries(limits)]);
  },
  metricsPath: '/metrics',
  lastReloadFailed: (metrics) => reloadFailed(metrics, 'cortex'),
};
