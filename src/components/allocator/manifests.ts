import type { KubernetesObject, V1PolicyRule } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { clusterAccount, configMap, downwardEnv, mountConfig, service } from '../kit.ts';
import { componentLabels, labels } from '../labels.ts';
import type { AllocatorShape } from '../operator/resources.ts';
import type { Place } from '../place.ts';
import type { ScrapeConfig } from '../target/scrape.ts';

export const allocatorPort = 8080;

/** MiB. */
const memory = { request: 64, limit: 256 };

export interface AllocatorSettings {
  readonly strategy: 'per-node' | 'consistent-hashing' | 'least-weighted';
  readonly fallback?: 'consistent-hashing';
  readonly scrapeConfigs: readonly ScrapeConfig[];
  /** Whether it reads the monitors of its namespace as well. */
  readonly monitors?: boolean;
}

/** The allocator's configuration file; keys as its config package reads them (`collector_selector` has no underscores inside). */
export function allocatorConfig(place: Pick<Place, 'runId' | 'namespace'>, settings: AllocatorSettings): string {
  return stringify({
    allocation_strategy: settings.strategy,
    ...(settings.fallback ? { allocation_fallback_strategy: settings.fallback } : {}),
    filter_strategy: 'relabel-config',
    collector_namespace: place.namespace,
    collector_selector: { matchlabels: labels(place.runId, 'collector') },
    config: { scrape_configs: settings.scrapeConfigs },
    ...(settings.monitors ? { prometheus_cr: { enabled: true, allow_namespaces: [place.namespace], service_monitor_selector: {}, pod_monitor_selector: {} } } : {}),
  });
}

/** URL of the allocator for the collectors of its namespace. */
export function allocatorEndpoint(place: Pick<Place, 'namespace'>): string {
  return `http://allocator.${place.namespace}.svc.cluster.local:${allocatorPort}`;
}

/** What an allocator has to be allowed in the whole cluster, to look for targets, and for the collectors that are to scrape them. */
export const allocatorRules: readonly V1PolicyRule[] = [
  { apiGroups: [''], resources: ['pods', 'nodes', 'services', 'endpoints', 'namespaces'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
];

/** What it has to be allowed in addition, to read monitors. */
export const monitorRules: readonly V1PolicyRule[] = [
  { apiGroups: ['monitoring.coreos.com'], resources: ['servicemonitors', 'podmonitors', 'probes', 'scrapeconfigs'], verbs: ['get', 'list', 'watch'] },
];

/** Its account. */
export function allocatorAccount(place: Omit<Place, 'image'>, monitors: boolean): KubernetesObject[] {
  return clusterAccount(place, 'allocator', [...allocatorRules, ...(monitors ? monitorRules : [])]);
}

/** What the operator is told of an allocator. */
export function operatedAllocator(image: string, strategy: AllocatorSettings['strategy'], monitors: boolean): AllocatorShape {
  return { image, strategy, serviceAccount: 'allocator', memory, ...(monitors ? { monitors } : {}) };
}

/** As plain objects. */
export function allocatorDeployment(place: Place, settings: AllocatorSettings): KubernetesObject[] {
  const app = labels(place.runId, 'allocator');
  const meta = { name: 'allocator', namespace: place.namespace, labels: app };
  return [
    ...allocatorAccount(place, settings.monitors ?? false),
    configMap(meta, { 'allocator.yaml': allocatorConfig(place, settings) }),
    service(meta, [{ name: 'http', port: allocatorPort }], app),
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
      spec: {
        replicas: 1, selector: { matchLabels: app },
        template: { metadata: { labels: { ...app, ...componentLabels(place.runId, 'allocator') } }, spec: {
          serviceAccountName: 'allocator', terminationGracePeriodSeconds: 2,
          containers: [{
            name: 'allocator', image: place.image, imagePullPolicy: 'IfNotPresent', args: ['--config-file=/etc/plumbline/allocator.yaml'],
            env: downwardEnv({ OTELCOL_NAMESPACE: 'metadata.namespace' }),
            ports: [{ name: 'http', containerPort: allocatorPort }],
            readinessProbe: { httpGet: { path: '/readyz', port: allocatorPort }, periodSeconds: 1 },
            resources: { requests: { cpu: '20m', memory: `${memory.request}Mi` }, limits: { memory: `${memory.limit}Mi` } },
            volumeMounts: [mountConfig.mount],
          }],
          volumes: [mountConfig.volume('allocator')],
        } },
      },
    } as KubernetesObject,
  ];
}
