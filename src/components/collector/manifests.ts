import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import { clusterReader, configMap, downwardEnv, mountConfig, service } from '../kit.ts';
import { healthPort, queueFolder } from './pipeline.ts';

export const collectorMetricsPort = 8888;

/** Memory limit of one scraping collector, MiB; three times what this pipeline takes idle (about 60 MiB, measured). */
const scrapingMi = 192;

/** Memory limit of a tenant's collector, MiB: the limiter refuses at 80 % of it, which a full queue of a flood must not reach at once. */
const tenantMi = 320;

/** A collector on every node, with the rights that discovering pods takes. */
export function collectorDaemonSet(place: Place, config: string): KubernetesObject[] {
  return [
    ...clusterReader(place, 'collector', [{ apiGroups: [''], resources: ['pods', 'nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] }]),
    ...daemonSet(place, { config, memoryMi: scrapingMi, graceSeconds: 5, ports: [], account: { serviceAccountName: 'collector' }, volumes: [] }),
  ];
}

/** Between the ports of one tenant and those of the next. */
const portStep = 10;

/** Ports on which a collector takes OTLP of the tenant at that index among its own; the first one's are the usual ones. */
export function otlpPorts(index: number): { readonly http: number; readonly grpc: number } {
  return { http: 4318 + index * portStep, grpc: 4317 + index * portStep };
}

/** Base URL of the OTLP/HTTP receiver of a namespace's collectors for the tenant at that index, inside their cluster. */
export function collectorOtlpUrl(namespace: string, index: number): string {
  return `http://collector.${namespace}.svc.cluster.local:${otlpPorts(index).http}`;
}

/** For a persistent queue: it outlives the container, however that ends, and goes with the pod. */
export const queueVolume = {
  mount: { name: 'queue', mountPath: queueFolder },
  volume: { name: 'queue', emptyDir: {} },
};

/**
 * A collector for `tenants` tenants on every node of a cluster, behind one Service; it discovers nothing and has no rights.
 * @param persistent whether its queues are in files
 */
export function tenantCollectors(place: Place, config: string, tenants: number, persistent = false): KubernetesObject[] {
  const app = labels(place.runId, 'collector');
  const ports = Array.from({ length: tenants }, (_, index) => Object.entries(otlpPorts(index)).map(([name, port]) => ({ name: `${name}-${index}`, port }))).flat();
  return [
    service({ name: 'collector', namespace: place.namespace, labels: app }, ports, app),
    ...daemonSet(place, { config, memoryMi: tenantMi, graceSeconds: 2, ports, account: { automountServiceAccountToken: false }, volumes: persistent ? [queueVolume] : [] }),
  ];
}

interface Shape {
  readonly config: string;
  readonly memoryMi: number;
  readonly graceSeconds: number;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly account: object;
  readonly volumes: readonly (typeof queueVolume)[];
}

function daemonSet(place: Place, shape: Shape): KubernetesObject[] {
  const app = labels(place.runId, 'collector');
  const meta = { name: 'collector', namespace: place.namespace, labels: app };
  const ports = [{ name: 'self', port: collectorMetricsPort }, { name: 'health', port: healthPort }, ...shape.ports];
  return [
    configMap(meta, { 'collector.yaml': shape.config }),
    {
      apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta,
      spec: {
        selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: {
          ...shape.account, terminationGracePeriodSeconds: shape.graceSeconds,
          containers: [{
            name: 'collector', image: place.image, imagePullPolicy: 'IfNotPresent', args: ['--config=/etc/plumbline/collector.yaml'],
            env: downwardEnv({ POD_NAME: 'metadata.name', NODE_NAME: 'spec.nodeName' }),
            ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
            readinessProbe: { httpGet: { path: '/', port: healthPort }, periodSeconds: 1 },
            resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: `${shape.memoryMi}Mi` } },
            volumeMounts: [mountConfig.mount, ...shape.volumes.map(({ mount }) => mount)],
          }],
          volumes: [mountConfig.volume('collector'), ...shape.volumes.map(({ volume }) => volume)],
        } },
      },
    } as KubernetesObject,
  ];
}
