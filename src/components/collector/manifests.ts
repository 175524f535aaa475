import type { KubernetesObject, V1Affinity, V1PolicyRule } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { clusterAccount, configMap, downwardEnv, mountConfig } from '../kit.ts';
import { componentLabels, labels } from '../labels.ts';
import { collectorResource } from '../operator/resources.ts';
import type { CollectorShape } from '../operator/resources.ts';
import type { Place } from '../place.ts';
import { otlpPorts } from './otlp-ports.ts';
import { healthPort } from './pipeline.ts';
import type { CollectorWorkload } from './workload.ts';

export const collectorMetricsPort = 8888;

/** MiB that a collector is scheduled with. */
const requestMi = 64;

const env = { POD_NAME: 'metadata.name', NODE_NAME: 'spec.nodeName' };

/** Base URL of the OTLP/HTTP receiver of a namespace's collectors for the tenant at that index, inside their cluster. */
export function collectorOtlpUrl(namespace: string, index: number): string {
  return `http://collector.${namespace}.svc.cluster.local:${otlpPorts(index).http}`;
}

/** In front of a namespace's collectors, whoever deployed them: what a pod sends goes to the collector of its node, as it does with the operator's own services. */
export function collectorService({ runId, namespace }: Omit<Place, 'image'>, { ports }: Pick<CollectorWorkload, 'ports'>): KubernetesObject {
  const spec = { selector: componentLabels(runId, 'collector'), ports, internalTrafficPolicy: 'Local' };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'collector', namespace, labels: labels(runId, 'collector') }, spec } as KubernetesObject;
}

/** What a collector that discovers its targets has to be allowed in the whole cluster. */
export const discoveryRules: readonly V1PolicyRule[] = [{ apiGroups: [''], resources: ['pods', 'nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] }];

/** What the processor k8sattributes has to be allowed in the whole cluster, by its own documentation. */
export const enrichmentRules: readonly V1PolicyRule[] = [
  ...discoveryRules, { apiGroups: ['apps'], resources: ['replicasets', 'deployments', 'statefulsets'], verbs: ['get', 'list', 'watch'] },
];

/** The account of a namespace's collectors; one that asks the API server nothing has no rights, and no token either. */
export function collectorAccount(place: Omit<Place, 'image'>, { discovers, enriches }: Pick<CollectorWorkload, 'discovers' | 'enriches'>): KubernetesObject[] {
  if (discovers || enriches) return clusterAccount(place, 'collector', enriches ? [...enrichmentRules] : [...discoveryRules]);
  const metadata = { name: 'collector', namespace: place.namespace, labels: labels(place.runId, 'collector') };
  return [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false } as KubernetesObject];
}

/** As plain objects: what the operator makes of its resource, put down by hand. */
export function collectorObjects(place: Place, workload: CollectorWorkload, affinity?: V1Affinity): KubernetesObject[] {
  const app = labels(place.runId, 'collector');
  const meta = { name: 'collector', namespace: place.namespace, labels: app };
  return [
    configMap(meta, { 'collector.yaml': workload.config }),
    {
      apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta,
      spec: {
        selector: { matchLabels: app },
        template: { metadata: { labels: { ...app, ...componentLabels(place.runId, 'collector') } }, spec: { ...podSpec(place.image, workload), ...(affinity ? { affinity } : {}) } },
      },
    } as KubernetesObject,
  ];
}

function podSpec(image: string, { memoryMi, graceSeconds, ports, volumes, podSecurityContext, podFacts }: CollectorWorkload): object {
  const all = [{ name: 'self', port: collectorMetricsPort }, { name: 'health', port: healthPort }, ...ports];
  return {
    serviceAccountName: 'collector', terminationGracePeriodSeconds: graceSeconds, ...(podSecurityContext ? { securityContext: podSecurityContext } : {}),
    containers: [{
      name: 'collector', image, imagePullPolicy: 'IfNotPresent', args: ['--config=/etc/plumbline/collector.yaml'],
      env: downwardEnv({ ...podFacts, ...env }),
      ports: all.map(({ name, port }) => ({ name, containerPort: port })),
      readinessProbe: { httpGet: { path: '/', port: healthPort }, periodSeconds: 1 },
      resources: { requests: { cpu: '20m', memory: `${requestMi}Mi` }, limits: { memory: `${memoryMi}Mi` } },
      volumeMounts: [mountConfig.mount, ...volumes.map(({ mount }) => mount)],
    }],
    volumes: [mountConfig.volume('collector'), ...volumes.map(({ volume }) => volume)],
  };
}

/** As the operator's resource; `more` is where it runs, and where its targets come from. */
export function operatedCollector(place: Place, name: string, workload: CollectorWorkload, more: Partial<CollectorShape> = {}): KubernetesObject {
  return collectorResource({ ...place, name }, {
    mode: 'daemonset', app: 'collector', image: place.image, config: parse(workload.config) as object, memory: { request: requestMi, limit: workload.memoryMi },
    env: downwardEnv({ ...workload.podFacts, ...env }), ports: workload.ports, serviceAccount: 'collector', graceSeconds: workload.graceSeconds, volumes: workload.volumes,
    ...(workload.podSecurityContext ? { podSecurityContext: workload.podSecurityContext } : {}), ...more,
  });
}
