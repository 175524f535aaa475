import type { V1PodSecurityContext, V1Toleration, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import type { Memory } from '../kit.ts';
import { otlpPorts } from './otlp-ports.ts';
import { queueFolder } from './pipeline.ts';

/** A collector on every node of a cluster, as data: plain objects or the operator's resource are made of it. */
export interface CollectorWorkload {
  /** YAML. */
  readonly config: string;
  readonly memory: CollectorMemory;
  readonly graceSeconds: number;
  /** Of a stateful set, whose pods are on any node. Left out: a daemon set's, one on every node. */
  readonly replicas?: number;
  /** Whether the next one is Ready before it ends. */
  readonly handover?: boolean;
  /** Of its receivers. */
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly volumes: readonly MountedVolume[];
  readonly podSecurityContext?: V1PodSecurityContext;
  readonly tolerations?: readonly V1Toleration[];
  /** Whether it looks for what it scrapes by itself, which takes rights. */
  readonly discovers: boolean;
  /** Whether it asks about the pods that it gets data of, which takes rights, too. */
  readonly enriches?: boolean;
  /** Whether it scrapes the API server, which takes a right. */
  readonly scrapesApiServer?: boolean;
  /** Fields of the pod by variables of its environment, beside those that every collector has. */
  readonly podFacts?: Readonly<Record<string, string>>;
}

export interface CollectorMemory extends Memory {
  /** GOMEMLIMIT, MiB; left out, it is not set. */
  readonly goMemLimit?: number;
}

export interface MountedVolume {
  readonly mount: V1VolumeMount;
  readonly volume: V1Volume;
}

/** MiB that a collector is scheduled with. */
const requestMi = 64;

/** Memory limit of one scraping collector, MiB; three times what this pipeline takes idle (about 60 MiB, measured). */
const scrapingMi = 192;

/** Memory limit of a tenant's collector, MiB: the limiter refuses at 80 % of it, which a full queue of a flood must not reach at once. */
const tenantMi = 320;

/** For a persistent queue: it outlives the container, however that ends, and goes with the pod. */
const queueVolume: MountedVolume = {
  mount: { name: 'queue', mountPath: queueFolder },
  volume: { name: 'queue', emptyDir: {} },
};

/** Nobody sends to it. */
export function scrapingWorkload(config: string, discovers: boolean, more: Pick<CollectorWorkload, 'replicas' | 'scrapesApiServer'> = {}): CollectorWorkload {
  return { config, discovers, ...more, memory: { request: requestMi, limit: scrapingMi }, graceSeconds: 5, ports: [], volumes: [] };
}

export interface TenantWorkloadOptions {
  readonly tenants: number;
  /** Whether its queues are in files. */
  readonly persistent: boolean;
  readonly discovers: boolean;
  /** Folder of the node with the output of its pods, where it is read; the collector sees it at the same path. */
  readonly podLogs?: string;
  /** Left out: what the flows of most claims need. */
  readonly memory?: CollectorMemory;
  /** From SIGTERM to SIGKILL. Left out: 2. */
  readonly graceSeconds?: number;
  readonly handover?: boolean;
  readonly tolerations?: readonly V1Toleration[];
}

/** Takes OTLP of each of its tenants on ports of their own. */
export function tenantWorkload(config: string, options: TenantWorkloadOptions): CollectorWorkload {
  const { tenants, persistent, discovers, podLogs, memory = { request: requestMi, limit: tenantMi }, graceSeconds = 2, handover = false, tolerations = [] } = options;
  const ports = Array.from({ length: tenants }, (_, index) => Object.entries(otlpPorts(index)).map(([name, port]) => ({ name: `${name}-${index}`, port }))).flat();
  const logs = podLogs === undefined ? [] : [podLogsVolume(podLogs)];
  return {
    config, discovers, memory, graceSeconds, ports, volumes: [...(persistent ? [queueVolume] : []), ...logs],
    ...(handover ? { handover } : {}), ...(tolerations.length === 0 ? {} : { tolerations }),
    // The files belong to root's group and are nobody else's to read.
    ...(logs.length === 0 ? {} : { podSecurityContext: { supplementalGroups: [0] } }),
  };
}

function podLogsVolume(folder: string): MountedVolume {
  return { mount: { name: 'pod-logs', mountPath: folder, readOnly: true }, volume: { name: 'pod-logs', hostPath: { path: folder } } };
}
