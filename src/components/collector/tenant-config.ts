import { stringify } from 'yaml';
import type { BackendName } from '../backend.ts';
import { collectorMetricsPort, otlpPorts } from './manifests.ts';
import { healthExtension, memoryLimiter, otlpHttpExporter, ownMetrics } from './pipeline.ts';

export interface TenantCollectorSettings {
  /** X-Scope-OrgID of all that this collector sends. */
  readonly tenant: string;
  /** OTLP/HTTP base URL by backend, as Backend.otlpUrl; a signal whose backend is missing has no pipeline, and its receiver answers 404. */
  readonly otlpUrls: Readonly<Partial<Record<BackendName, string>>>;
}

const signals = { mimir: 'metrics', loki: 'logs', tempo: 'traces' } as const;

const [http, grpc] = otlpPorts;

/**
 * Items of one request to a backend, at most. Rate limiters refuse a request as a whole, and one that is larger than a tenant's
 * burst for ever: with batches of this size the bursts of the backends' limits.ts let two through.
 */
const batchItems = 5000;

/** The collector of one tenant: OTLP in, all three signals out, each to its backend and tagged with the tenant's id. */
export function tenantCollectorConfig({ tenant, otlpUrls }: TenantCollectorSettings): string {
  const backends = (Object.keys(signals) as BackendName[]).flatMap((name) => (otlpUrls[name] === undefined ? [] : [{ name, url: otlpUrls[name] }]));
  return stringify({
    extensions: healthExtension,
    receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${grpc.port}` }, http: { endpoint: `0.0.0.0:${http.port}` } } } },
    processors: {
      memory_limiter: memoryLimiter,
      batch: { timeout: '200ms', send_batch_size: batchItems, send_batch_max_size: batchItems },
    },
    exporters: Object.fromEntries(backends.map(({ name, url }) => [`otlphttp/${name}`, otlpHttpExporter(url, tenant)])),
    service: {
      extensions: ['health_check'],
      telemetry: ownMetrics(collectorMetricsPort),
      pipelines: Object.fromEntries(backends.map(({ name }) => [signals[name], {
        receivers: ['otlp'], processors: ['memory_limiter', 'batch'], exporters: [`otlphttp/${name}`],
      }])),
    },
  });
}
