import { stringify } from 'yaml';
import { collectorLabels } from './beside.ts';
import { collectorMetricsPort } from './manifests.ts';
import { healthExtension, memoryLimiter, otlpHttpExporter, ownMetrics } from './pipeline.ts';
import { prometheusReceiver } from './targets-from.ts';
import type { TargetsFrom } from './targets-from.ts';

export interface CollectorSettings {
  readonly targetsFrom: TargetsFrom;
  /** OTLP/HTTP base URL of the metrics backend, e.g. `http://mimir.x:8080/otlp`; undefined: samples go to the log only. */
  readonly metricsEndpoint?: string;
  /** X-Scope-OrgID of what this collector sends. */
  readonly tenant: string;
}

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
      pipelines: { metrics: { receivers: ['prometheus'], processors: ['memory_limiter', ...Object.keys(collectorLabels), 'batch'], exporters: [exporter] } },
    },
  });
}
