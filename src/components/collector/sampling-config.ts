import { stringify } from 'yaml';
import { healthExtension, memoryLimiter, otlpHttpExporter, ownMetrics } from './pipeline.ts';
import type { Delivery } from './pipeline.ts';

/** Seconds from a trace's first span to the decision on it; the default is 30. Spans of a trace that are apart for longer are judged apart. */
export const decisionWaitSeconds = 3;

export const samplerPort = 4317;

export interface SamplingRules {
  /** Share of the traces kept that are neither failed nor slow. */
  readonly keepPercent: number;
  readonly slowMs: number;
}

export interface SamplerSettings extends SamplingRules {
  /** X-Scope-OrgID of what is kept. */
  readonly tenant: string;
  /** OTLP base URL of Tempo. */
  readonly otlpUrl: string;
  readonly metricsPort: number;
  readonly delivery: Delivery;
}

/** A collector of the second tier: it has whole traces, if the first one sends them so, and keeps what is worth it. */
export function samplerConfig({ keepPercent, slowMs, tenant, otlpUrl, metricsPort, delivery }: SamplerSettings): string {
  const policies = [
    { name: 'failed', type: 'status_code', status_code: { status_codes: ['ERROR'] } },
    { name: 'slow', type: 'latency', latency: { threshold_ms: slowMs } },
    { name: 'some-of-the-rest', type: 'probabilistic', probabilistic: { sampling_percentage: keepPercent } },
  ];
  return stringify({
    extensions: healthExtension,
    receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${samplerPort}` } } } },
    processors: {
      memory_limiter: memoryLimiter,
      tail_sampling: { decision_wait: `${decisionWaitSeconds}s`, policies },
      batch: { timeout: '200ms' },
    },
    exporters: { 'otlphttp/tempo': otlpHttpExporter(otlpUrl, tenant, delivery) },
    service: {
      extensions: Object.keys(healthExtension), telemetry: ownMetrics(metricsPort),
      pipelines: { traces: { receivers: ['otlp'], processors: ['memory_limiter', 'tail_sampling', 'batch'], exporters: ['otlphttp/tempo'] } },
    },
  });
}

/** What the first tier sends spans with, in place of its exporter to Tempo. */
export interface Balancing {
  /** Host name of the samplers' headless service: it resolves to all of them that are Ready. */
  readonly hostname: string;
  readonly routing: 'traceID' | 'service';
}

/** Configuration of a loadbalancing exporter; how often it resolves (default 5 s) bounds how long it is wrong about who is there. */
export function balancingExporter({ hostname, routing }: Balancing): object {
  return {
    routing_key: routing,
    protocol: { otlp: { tls: { insecure: true }, retry_on_failure: { enabled: true, initial_interval: '300ms', max_interval: '2s' } } },
    resolver: { dns: { hostname, port: String(samplerPort), interval: '1s' } },
  };
}

/** Gauge of a collector with such an exporter: how many samplers it knows. */
export const knownSamplers = /^otelcol_loadbalancer_num_backends/;
