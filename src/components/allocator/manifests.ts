import type { KubernetesObject } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { clusterReader, configMap, downwardEnv, mountConfig, service } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import type { ScrapeConfig } from '../target/scrape.ts';

export const allocatorPort = 8080;

export interface AllocatorSettings {
  readonly strategy: 'per-node' | 'consistent-hashing' | 'least-weighted';
  readonly scrapeConfigs: readonly ScrapeConfig[];
}

/** The allocator's configuration file; keys as its config package reads them (`collector_selector` has no underscores inside). */
export function allocatorConfig(place: Place, settings: AllocatorSettings): string {
  return stringify({
    allocation_strategy: settings.strategy,
    filter_strategy: 'relabel-config',
    collector_namespace: place.namespace,
    collector_selector: { matchlabels: labels(place.runId, 'collector') },
    config: { scrape_configs: settings.scrapeConfigs },
  });
}

/** URL of the allocator for the collectors of its namespace. */
export function allocatorEndpoint(place: Pick<Place, 'namespace'>): string {
  return `http://allocator.${place.namespace}.svc.cluster.local:${allocatorPort}`;
}

export function allocatorDeployment(place: Place, settings: AllocatorSettings): KubernetesObject[] {
  const app = labels(place.runId, 'allocator');
  const meta = { name: 'allocator', namespace: place.namespace, labels: app };
  return [
    ...clusterReader(place, 'allocator', [
      { apiGroups: [''], resources: ['pods', 'nodes', 'services', 'endpoints', 'namespaces'], verbs: ['get', 'list', 'watch'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
    ]),
    configMap(meta, { 'allocator.yaml': allocatorConfig(place, settings) }),
    service(meta, [{ name: 'http', port: allocatorPort }], app),
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
      spec: {
        replicas: 1, selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: {
          serviceAccountName: 'allocator', terminationGracePeriodSeconds: 2,
          containers: [{
            name: 'allocator', image: place.image, imagePullPolicy: 'IfNotPresent', args: ['--config-file=/etc/plumbline/allocator.yaml'],
            env: downwardEnv({ OTELCOL_NAMESPACE: 'metadata.namespace' }),
            ports: [{ name: 'http', containerPort: allocatorPort }],
            readinessProbe: { httpGet: { path: '/readyz', port: allocatorPort }, periodSeconds: 1 },
            resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '256Mi' } },
            volumeMounts: [mountConfig.mount],
          }],
          volumes: [mountConfig.volume('allocator')],
        } },
      },
    } as KubernetesObject,
  ];
}
