import { stringify } from 'yaml';

export const jaegerPort = 16686;
export const jaegerOtlpHttpPort = 4318;
export const jaegerOtlpGrpcPort = 4317;
export const jaegerHealthPort = 13133;

/** Traces that its memory holds; the oldest goes when one more comes. A claim sends some thousand. */
const mostTraces = 100_000;

const store = 'in_memory';

/**
 * Jaeger 2 as one process: a collector that takes OTLP and has a store in its memory and a query API beside it. Without a batch
 * processor, what it has acknowledged is in the store.
 */
export function jaegerConfig(): string {
  return stringify({
    extensions: {
      jaeger_storage: { backends: { [store]: { memory: { max_traces: mostTraces } } } },
      // Its gRPC API is asked by nobody; both default to localhost.
      jaeger_query: { storage: { traces: store }, http: { endpoint: `0.0.0.0:${jaegerPort}` }, grpc: { endpoint: '127.0.0.1:16685' } },
      healthcheckv2: { use_v2: true, http: { endpoint: `0.0.0.0:${jaegerHealthPort}` } },
    },
    receivers: { otlp: { protocols: { grpc: { endpoint: `0.0.0.0:${jaegerOtlpGrpcPort}` }, http: { endpoint: `0.0.0.0:${jaegerOtlpHttpPort}` } } } },
    exporters: { jaeger_storage_exporter: { trace_storage: store } },
    service: {
      extensions: ['jaeger_storage', 'jaeger_query', 'healthcheckv2'],
      telemetry: { logs: { level: 'warn' }, metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } },
    },
  });
}
