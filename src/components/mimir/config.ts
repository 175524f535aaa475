import { stringify } from 'yaml';
import { overridesFile, overridesFolder, reloadSeconds } from '../limits-recipe.ts';
import { mimirDefaults } from './limits.ts';

export const mimirPort = 8080;

export interface MimirSettings {
  /** False: whatever header a write or query has, it is the one tenant `anonymous`. Left out: true. */
  readonly multitenancy?: boolean;
}

/**
 * Mimir as one process with tenants kept apart, its state on the pod's disk.
 * Rings are in memory: with one replica there is nobody to gossip with, and memberlist would only delay readiness.
 */
export function mimirConfig({ multitenancy = true }: MimirSettings = {}): string {
  // Its components talk to each other through gRPC: bound to the one address that they advertise, or queries hang.
  const ring = { kvstore: { store: 'inmemory' }, instance_addr: '127.0.0.1' };
  return stringify({
    target: 'all',
    multitenancy_enabled: multitenancy,
    usage_stats: { enabled: false },
    server: { http_listen_port: mimirPort, grpc_listen_address: '127.0.0.1', grpc_listen_port: 9095, log_level: 'warn' },
    common: { storage: { backend: 'filesystem', filesystem: { dir: '/data/common' } } },
    blocks_storage: { storage_prefix: 'blocks', tsdb: { dir: '/data/tsdb' }, bucket_store: { sync_dir: '/data/sync' } },
    // Storage folders may not overlap, the ruler's and the alertmanager's included although no rule is ever set.
    ruler_storage: { backend: 'filesystem', filesystem: { dir: '/data/ruler' } },
    alertmanager_storage: { backend: 'filesystem', filesystem: { dir: '/data/alertmanager' } },
    compactor: { data_dir: '/data/compactor', sharding_ring: ring },
    distributor: { ring },
    store_gateway: { sharding_ring: { ...ring, replication_factor: 1 } },
    // The default readiness delay of 15 s is for rings of several ingesters.
    ingester: { ring: { ...ring, replication_factor: 1, min_ready_duration: '0s' } },
    frontend: { address: '127.0.0.1' },
    query_scheduler: { ring },
    ruler: { ring, rule_path: '/data/rules' },
    alertmanager: { data_dir: '/data/alertmanager-state', sharding_ring: ring },
    activity_tracker: { filepath: '/data/activity.log' },
    limits: mimirDefaults,
    runtime_config: { file: `${overridesFolder}/${overridesFile}`, period: `${reloadSeconds}s` },
  });
}
