import { stringify } from 'yaml';
import { overridesFile, overridesFolder, reloadSeconds } from '../limits-recipe.ts';
import { tempoDefaults } from './limits.ts';

export const tempoPort = 3200;
export const tempoOtlpHttpPort = 4318;
export const tempoOtlpGrpcPort = 4317;

export interface TempoSettings {
  /** False: whatever header a write or query has, it is the one tenant `single-tenant`. Left out: true. */
  readonly multitenancy?: boolean;
}

/** Bytes of one gRPC message between Tempo's own components: a search of 100,000 spans comes back as one. */
const messageBytes = 100 * 1024 * 1024;

/** Tempo as one process with tenants kept apart, its state on the pod's disk. */
export function tempoConfig({ multitenancy = true }: TempoSettings = {}): string {
  const ring = { kvstore: { store: 'inmemory' } };
  return stringify({
    target: 'all',
    multitenancy_enabled: multitenancy,
    usage_report: { reporting_enabled: false },
    server: {
      http_listen_port: tempoPort, grpc_listen_address: '127.0.0.1', grpc_listen_port: 9097, log_level: 'warn',
      grpc_server_max_recv_msg_size: messageBytes, grpc_server_max_send_msg_size: messageBytes,
    },
    distributor: {
      ring: { ...ring, instance_addr: '127.0.0.1' },
      // Since 2.7 receivers bind localhost unless told otherwise.
      receivers: { otlp: { protocols: { http: { endpoint: `0.0.0.0:${tempoOtlpHttpPort}` }, grpc: { endpoint: `0.0.0.0:${tempoOtlpGrpcPort}` } } } },
    },
    ingester: {
      // Its components talk to each other through gRPC: bound to the one address that they advertise, or queries hang.
      lifecycler: { address: '127.0.0.1', min_ready_duration: '0s', final_sleep: '0s', ring: { ...ring, replication_factor: 1 } },
      // Search does not see a live trace. These two decide how soon it is one no more (defaults 10 s each): under 2 s together.
      trace_idle_period: '500ms', flush_check_period: '500ms',
    },
    ingester_client: { grpc_client_config: { max_recv_msg_size: messageBytes, max_send_msg_size: messageBytes } },
    querier: { frontend_worker: { frontend_address: '127.0.0.1:9097', grpc_client_config: { max_recv_msg_size: messageBytes, max_send_msg_size: messageBytes } } },
    // 0 is without a bound: a search that ends at 100 spans of a trace can't count what is stored.
    query_frontend: {
      search: { max_spans_per_span_set: 0, max_result_limit: 0 },
      // Each look-up by id asks all blocks once a shard; by default 50 times, for blocks that one process does not have.
      trace_by_id: { query_shards: 2 },
    },
    // No ring for the compactor: with one it waits a minute for it to be stable before the process is ready.
    metrics_generator: { ring: { ...ring, instance_addr: '127.0.0.1' } },
    storage: { trace: { backend: 'local', wal: { path: '/data/wal' }, local: { path: '/data/blocks' } } },
    overrides: {
      defaults: tempoDefaults,
      per_tenant_override_config: `${overridesFolder}/${overridesFile}`, per_tenant_override_period: `${reloadSeconds}s`,
    },
  });
}
