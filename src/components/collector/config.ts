import { stringify } from 'yaml';
import type { ScrapeConfig } from '../target/scrape.ts';
import { collectorLabels } from './beside.ts';
import { collectorMetricsPort } from './manifests.ts';
import { healthExtension, memoryLimiter, otlpHttpExporter, ownMetrics } from './pipeline.ts';

/** Where scraped targets come from: an allocator's answer, or the collector's own discovery. */
export type TargetsFrom =
  | { readonly kind: 'allocator'; readonly endpoint: string }
  | { readonly kind: 'own-discovery'; readonly scrapeConfigs: readonly ScrapeConfig[] };

export interface CollectorSettings {
  readonly targetsFrom: TargetsFrom;
  /** OTLP/HTTP base URL of the metrics backend, e.g. `http://mimir.x:8080/otlp`; undefined: samples go to the log only. */
  readonly metricsEndpoint?: string;
  /** X-Scope-OrgID of what this collector sends. */
  readonly tenant: string;
}

/** Seconds between two questions of the receiver to its allocator, for jobs and for targets. Both default to 30. */
const allocatorPollSeconds = 2;

/** A collector's configuration file: the seed's pipeline (limiter first, batch last) with a scraping receiver. */
export function collectorConfig(settings: CollectorSettings): string {
  const { metricsEndpoint, tenant } = settings;
  const exporter = metricsEndpoint === undefined ? 'debug' : 'otlphttp/mimir';
  return stringify({
    extensions: healthExtension,
    receivers: { prometheus: prometheusReceiver(settings.targetsFrom) },
    processors: {
      memory_limiter: memoryLimiter,
      ...collectorLabels,
      batch: { timeout: '500ms' },
    },
    exporters: { [exporter]: metricsEndpoint === undefined ? { verbosity: 'basic' } : otlpHttpExporter(metricsEndpoint, tenant) },
    service: {
      extensions: ['health_check'],
      telemetry: ownMetrics(collectorMetricsPort),
      pipelines: { metrics: { receivers: ['prometheus'], processors: ['memory_limiter', 'attributes/collector', 'batch'], exporters: [exporter] } },
    },
  });
}

function prometheusReceiver(from: TargetsFrom): object {
  if (from.kind === 'own-discovery') return { config: { scrape_configs: from.scrapeConfigs } };
  return {
    target_allocator: {
      endpoint: from.endpoint, interval: `${allocatorPollSeconds}s`, collector_id: '${env:POD_NAME}',
      // Without it the first answer, given before the allocator knows the collector, stands for 30 s.
      http_sd_config: { refresh_interval: `${allocatorPollSeconds}s` },
    },
    config: { scrape_configs: [] },
  };
}
