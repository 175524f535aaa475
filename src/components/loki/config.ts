import { stringify } from 'yaml';
import { overridesFile, overridesFolder, reloadSeconds } from '../limits-recipe.ts';
import { lokiDefaults } from './limits.ts';

export const lokiPort = 3100;
const grpcPort = 9096;

export interface LokiSettings {
  /** False: whatever header a write or query has, it is the one tenant `fake`. Left out: true. */
  readonly multitenancy?: boolean;
}

/** Bytes of one gRPC message between Loki's own components. The default of 4 MiB ends a query of 100,000 lines with an error. */
const messageBytes = 100 * 1024 * 1024;

/** Loki as one process with tenants kept apart, its state on the pod's disk. */
export function lokiConfig({ multitenancy = true }: LokiSettings = {}): string {
  return stringify({
    // Without the overrides exporter this version does not say anywhere which overrides it has loaded.
    target: 'all,overrides-exporter',
    auth_enabled: multitenancy,
    analytics: { reporting_enabled: false },
    ui: { enabled: false },
    server: {
      http_listen_port: lokiPort, grpc_listen_address: '127.0.0.1', grpc_listen_port: grpcPort, log_level: 'warn',
      grpc_server_max_recv_msg_size: messageBytes, grpc_server_max_send_msg_size: messageBytes,
    },
    common: {
      // Its components talk to each other through gRPC: bound to the one address that they advertise, or queries hang.
      instance_addr: '127.0.0.1', replication_factor: 1, ring: { kvstore: { store: 'inmemory' }, instance_addr: '127.0.0.1' },
      path_prefix: '/data', storage: { filesystem: { chunks_directory: '/data/chunks', rules_directory: '/data/rules' } },
    },
    // Structured metadata, which is where OTLP attributes go, needs v13.
    schema_config: { configs: [{ from: '2024-01-01', store: 'tsdb', object_store: 'filesystem', schema: 'v13', index: { prefix: 'index_', period: '24h' } }] },
    // The default readiness delay of 15 s is for rings of several ingesters.
    ingester: { lifecycler: { min_ready_duration: '0s', final_sleep: '0s' } },
    ingester_client: { grpc_client_config: { max_recv_msg_size: messageBytes, max_send_msg_size: messageBytes } },
    // Workers go straight to the frontend. By way of the scheduler's ring Loki is ready after 10 s, and with a shorter
    // scheduler_dns_lookup_period ready at once, and then every query hangs (3.5.1).
    frontend_worker: {
      frontend_address: `127.0.0.1:${grpcPort}`,
      grpc_client_config: { max_recv_msg_size: messageBytes, max_send_msg_size: messageBytes },
    },
    // Patterns and their own streams are no part of what a tenant sent.
    pattern_ingester: { enabled: false },
    limits_config: lokiDefaults,
    runtime_config: { file: `${overridesFolder}/${overridesFile}`, period: `${reloadSeconds}s` },
  });
}
