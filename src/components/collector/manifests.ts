import type { KubernetesObject, V1Affinity, V1DaemonSetUpdateStrategy, V1EnvVar, V1Lifecycle, V1PolicyRule } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { clusterAccount, configMap, downwardEnv, memoryResources, mountConfig } from '../kit.ts';
import { componentLabels, labels } from '../labels.ts';
import { collectorResource } from '../operator/resources.ts';
import type { CollectorShape } from '../operator/resources.ts';
import type { Place } from '../place.ts';
import { apiServerRules } from '../target/nodeless.ts';
import { otlpPorts } from './otlp-ports.ts';
import { healthPort } from './pipeline.ts';
import type { CollectorWorkload } from './workload.ts';

export const collectorMetricsPort = 8888;

const env = { POD_NAME: 'metadata.name', NODE_NAME: 'spec.nodeName' };

/** Base URL of the OTLP/HTTP receiver of a namespace's collectors for the tenant at that index, inside their cluster. */
export function collectorOtlpUrl(namespace: string, index: number): string {
  return `http://collector.${namespace}.svc.cluster.local:${otlpPorts(index).http}`;
}

/** In front of a namespace's collectors, whoever deployed them: what a pod sends goes to the collector of its node, as it does with the operator's own services, where every node has one. */
export function collectorService({ runId, namespace }: Omit<Place, 'image'>, { ports }: Pick<CollectorWorkload, 'ports'>, onEveryNode = true): KubernetesObject {
  const spec = { selector: componentLabels(runId, 'collector'), ports, internalTrafficPolicy: onEveryNode ? 'Local' : 'Cluster' };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 'collector', namespace, labels: labels(runId, 'collector') }, spec } as KubernetesObject;
}

/** What a collector that discovers its targets has to be allowed in the whole cluster. */
export const discoveryRules: readonly V1PolicyRule[] = [{ apiGroups: [''], resources: ['pods', 'nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] }];

/** What the processor k8sattributes has to be allowed in the whole cluster, by its own documentation. */
export const enrichmentRules: readonly V1PolicyRule[] = [
  ...discoveryRules, { apiGroups: ['apps'], resources: ['replicasets', 'deployments', 'statefulsets'], verbs: ['get', 'list', 'watch'] },
];

/** The account of a namespace's collectors; one that asks the API server nothing has no rights, and no token either. */
export function collectorAccount(place: Omit<Place, 'image'>, { discovers, enriches, scrapesApiServer }: Pick<CollectorWorkload, 'discovers' | 'enriches' | 'scrapesApiServer'>): KubernetesObject[] {
  if (discovers || enriches) return clusterAccount(place, 'collector', [...(enriches ? enrichmentRules : discoveryRules), ...(scrapesApiServer ? apiServerRules : [])]);
  const metadata = { name: 'collector', namespace: place.namespace, labels: labels(place.runId, 'collector') };
  return [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata, automountServiceAccountToken: false } as KubernetesObject];
}

/** As plain objects: what the operator makes of its resource, put down by hand. */
export function collectorObjects(place: Place, workload: CollectorWorkload, affinity?: V1Affinity): KubernetesObject[] {
  const app = labels(place.runId, 'collector');
  const meta = { name: 'collector', namespace: place.namespace, labels: app };
  const { replicas } = workload;
  return [
    configMap(meta, { 'collector.yaml': workload.config }),
    {
      apiVersion: 'apps/v1', kind: workloadKind(workload), metadata: meta,
      spec: {
        ...(replicas === undefined ? {} : { replicas, serviceName: 'collector', podManagementPolicy: 'Parallel' }),
        selector: { matchLabels: app }, ...(workload.handover ? { updateStrategy: handover.updateStrategy } : {}),
        template: { metadata: { labels: { ...app, ...componentLabels(place.runId, 'collector') } }, spec: { ...podSpec(place.image, workload), ...(affinity ? { affinity } : {}) } },
      },
    } as KubernetesObject,
  ];
}

/** What its pods belong to, whoever makes it. */
export function workloadKind({ replicas }: Pick<CollectorWorkload, 'replicas'>): 'DaemonSet' | 'StatefulSet' {
  return replicas === undefined ? 'DaemonSet' : 'StatefulSet';
}

/**
 * How a DaemonSet changes without a moment in which a node has no collector. Nobody new comes to a pod that is to end; for the seconds of
 * its pause it still serves those who have not learned of that.
 */
const handover: { readonly updateStrategy: V1DaemonSetUpdateStrategy; readonly lifecycle: V1Lifecycle } = {
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  lifecycle: { preStop: { sleep: { seconds: 3 } } },
};

const wellAt = { httpGet: { path: '/', port: healthPort } };

/** As a careful user has them: the kubelet starts a collector again that does not answer for 15 s. */
export const collectorProbes = {
  startupProbe: { ...wellAt, periodSeconds: 1, failureThreshold: 30 },
  readinessProbe: { ...wellAt, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 },
  livenessProbe: { ...wellAt, periodSeconds: 5, timeoutSeconds: 2, failureThreshold: 3 },
};

function podSpec(image: string, workload: CollectorWorkload): object {
  const { memory, graceSeconds, ports, volumes, podSecurityContext, tolerations } = workload;
  const all = [{ name: 'self', port: collectorMetricsPort }, { name: 'health', port: healthPort }, ...ports];
  return {
    serviceAccountName: 'collector', terminationGracePeriodSeconds: graceSeconds, ...(podSecurityContext ? { securityContext: podSecurityContext } : {}), ...(tolerations ? { tolerations } : {}),
    containers: [{
      name: 'collector', image, imagePullPolicy: 'IfNotPresent', args: ['--config=/etc/plumbline/collector.yaml'],
      env: environment(workload),
      ...(workload.handover ? { lifecycle: handover.lifecycle } : {}),
      ports: all.map(({ name, port }) => ({ name, containerPort: port })),
      readinessProbe: { ...wellAt, periodSeconds: 1 },
      resources: memoryResources(memory, 20),
      volumeMounts: [mountConfig.mount, ...volumes.map(({ mount }) => mount)],
    }],
    volumes: [mountConfig.volume('collector'), ...volumes.map(({ volume }) => volume)],
  };
}

function environment({ memory: { goMemLimit }, podFacts }: CollectorWorkload): V1EnvVar[] {
  return [...downwardEnv({ ...podFacts, ...env }), ...(goMemLimit === undefined ? [] : [{ name: 'GOMEMLIMIT', value: `${goMemLimit}MiB` }])];
}

/** As the operator's resource; `more` is where it runs, and where its targets come from. */
export function operatedCollector(place: Place, name: string, workload: CollectorWorkload, more: Partial<CollectorShape> = {}): KubernetesObject {
  return collectorResource({ ...place, name }, {
    ...(workload.replicas === undefined ? { mode: 'daemonset' } : { mode: 'statefulset', replicas: workload.replicas }), app: 'collector', image: place.image, config: parse(workload.config) as object, memory: workload.memory,
    env: environment(workload), ports: workload.ports, serviceAccount: 'collector', graceSeconds: workload.graceSeconds, volumes: workload.volumes,
    ...(workload.handover ? handover : {}), ...(workload.podSecurityContext ? { podSecurityContext: workload.podSecurityContext } : {}), ...(workload.tolerations ? { tolerations: workload.tolerations } : {}), ...more,
  });
}
