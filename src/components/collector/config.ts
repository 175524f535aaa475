import { stringify } from 'yaml';
import type { ScrapeConfig } from '../target/scrape.ts';

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
  const exporter = settings.metricsEndpoint === undefined ? 'debug' : 'otlphttp/mimir';
  return stringify({
    extensions: { health_check: { endpoint: '0.0.0.0:13133' } },
    receivers: { prometheus: prometheusReceiver(settings.targetsFrom) },
    processors: {
      memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 },
      // Without this label a doubled sample can't be traced to the collector that took it.
      'attributes/collector': { actions: [
        { key: 'collector', value: '${env:POD_NAME}', action: 'insert' },
        { key: 'collector_node', value: '${env:NODE_NAME}', action: 'insert' },
      ] },
      batch: { timeout: '500ms' },
    },
    exporters: { [exporter]: exporter === 'debug' ? { verbosity: 'basic' } : otlpHttp(settings) },
    service: {
      extensions: ['health_check'],
      telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '0.0.0.0', port: 8888 } } } }] } },
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

/** The seed's exporter block, with retry intervals short enough for a run of minutes. */
function otlpHttp(settings: CollectorSettings): object {
  return {
    endpoint: settings.metricsEndpoint,
    headers: { 'X-Scope-OrgID': settings.tenant },
    retry_on_failure: { enabled: true, initial_interval: '300ms', max_interval: '2s' },
    sending_queue: { enabled: true },
  };
}
