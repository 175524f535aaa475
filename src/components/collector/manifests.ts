import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import { clusterReader, configMap, downwardEnv, mountConfig, service } from '../kit.ts';
import { healthPort } from './pipeline.ts';

export const collectorMetricsPort = 8888;

/** Memory limit of one scraping collector, MiB; three times what this pipeline takes idle (about 60 MiB, measured). */
const scrapingMi = 192;

/** Memory limit of a tenant's collector, MiB: the limiter refuses at 80 % of it, which a full queue of a flood must not reach at once. */
const tenantMi = 320;

/** A collector on every node, with the rights that discovering pods takes. */
export function collectorDaemonSet(place: Place, config: string): KubernetesObject[] {
  return [
    ...clusterReader(place, 'collector', [{ apiGroups: [''], resources: ['pods', 'nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] }]),
    ...daemonSet(place, { config, memoryMi: scrapingMi, graceSeconds: 5, ports: [], account: { serviceAccountName: 'collector' } }),
  ];
}

/** Ports on which a tenant's collectors take OTLP. */
export const otlpPorts = [{ name: 'otlp-http', port: 4318 }, { name: 'otlp-grpc', port: 4317 }] as const;

/** Base URL of the OTLP/HTTP receiver of a namespace's collectors, inside their cluster. */
export function collectorOtlpUrl(namespace: string): string {
  return `http://collector.${namespace}.svc.cluster.local:${otlpPorts[0].port}`;
}

/** A tenant's collector on every node of its cluster, behind one Service; it discovers nothing and has no rights. */
export function tenantCollectors(place: Place, config: string): KubernetesObject[] {
  const app = labels(place.runId, 'collector');
  return [
    service({ name: 'collector', namespace: place.namespace, labels: app }, otlpPorts, app),
    ...daemonSet(place, { config, memoryMi: tenantMi, graceSeconds: 2, ports: otlpPorts, account: { automountServiceAccountToken: false } }),
  ];
}

interface Shape {
  readonly config: string;
  readonly memoryMi: number;
  readonly graceSeconds: number;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly account: object;
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
            volumeMounts: [mountConfig.mount],
          }],
          volumes: [mountConfig.volume('collector')],
        } },
      },
    } as KubernetesObject,
  ];
}
