import { stringify } from 'yaml';

export const mimirPort = 8080;

/** What a tenant may send; names are Mimir's own. */
export interface TenantLimits {
  readonly ingestion_rate?: number;
  readonly ingestion_burst_size?: number;
  readonly max_global_series_per_user?: number;
}

/**
 * Mimir as one process with tenants kept apart, its state on the pod's disk.
 * Rings are in memory: with one replica there is nobody to gossip with, and memberlist would only delay readiness.
 */
export function mimirConfig(): string {
  const inMemory = { kvstore: { store: 'inmemory' } };
  return stringify({
    target: 'all',
    multitenancy_enabled: true,
    usage_stats: { enabled: false },
    server: { http_listen_port: mimirPort, grpc_listen_port: 9095, log_level: 'warn' },
    common: { storage: { backend: 'filesystem', filesystem: { dir: '/data/common' } } },
    blocks_storage: { storage_prefix: 'blocks', tsdb: { dir: '/data/tsdb' }, bucket_store: { sync_dir: '/data/sync' } },
    // Storage folders may not overlap, the ruler's and the alertmanager's included although no rule is ever set.
    ruler_storage: { backend: 'filesystem', filesystem: { dir: '/data/ruler' } },
    alertmanager_storage: { backend: 'filesystem', filesystem: { dir: '/data/alertmanager' } },
    compactor: { data_dir: '/data/compactor', sharding_ring: inMemory },
    distributor: { ring: inMemory },
    store_gateway: { sharding_ring: { ...inMemory, replication_factor: 1 } },
    // The default readiness delay of 15 s is for rings of several ingesters.
    ingester: { ring: { ...inMemory, replication_factor: 1, min_ready_duration: '0s' } },
    ruler: { ring: inMemory, rule_path: '/data/rules' },
    alertmanager: { sharding_ring: inMemory },
    runtime_config: { file: '/etc/plumbline/runtime.yaml', period: '1s' },
  });
}

/** The runtime overrides file: limits by tenant, re-read every second. */
export function mimirOverrides(limits: Readonly<Record<string, TenantLimits>>): string {
  return stringify({ overrides: limits });
}
