import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import { targetPorts } from './manifests.ts';
import type { TargetSource } from './sources.ts';

/** Resources of monitoring.coreos.com that say the same as the scrape config of the targets. */

export type MonitorSource = Exclude<TargetSource, 'scrape-configs'>;

const kinds = {
  'service-monitors': { kind: 'ServiceMonitor', ends: 'endpoints', job: 'serviceMonitor' },
  'pod-monitors': { kind: 'PodMonitor', ends: 'podMetricsEndpoints', job: 'podMonitor' },
} as const;

const name = 'target';

export interface MonitoredTargets {
  readonly runId: string;
  /** Of the monitor: whose allocator it is for. */
  readonly namespace: string;
  readonly targetsNamespace: string;
  readonly portsEach: number;
  readonly intervalSeconds: number;
}

/** Finds the target pods of a run in one namespace. A sample's `pod` is there without being asked for; its node and its port are not. */
export function targetMonitor(source: MonitorSource, { runId, namespace, targetsNamespace, portsEach, intervalSeconds }: MonitoredTargets): KubernetesObject {
  const { kind, ends } = kinds[source];
  const interval = `${intervalSeconds}s`;
  const relabelings = [
    { sourceLabels: ['__meta_kubernetes_pod_node_name'], targetLabel: 'node' },
    { sourceLabels: ['__meta_kubernetes_pod_container_port_number'], targetLabel: 'port' },
  ];
  return {
    apiVersion: 'monitoring.coreos.com/v1', kind, metadata: { name, namespace, labels: labels(runId, 'target') },
    spec: {
      selector: { matchLabels: labels(runId, 'target') }, namespaceSelector: { matchNames: [targetsNamespace] },
      [ends]: targetPorts({ portsEach }).map(({ name: port }) => ({ port, interval, scrapeTimeout: interval, relabelings })),
    },
  } as KubernetesObject;
}

/** The jobs that the allocator makes of it, one for each of its endpoints. */
export function monitorJobs(source: MonitorSource, namespace: string, portsEach: number): readonly string[] {
  return Array.from({ length: portsEach }, (_, index) => `${kinds[source].job}/${namespace}/${name}/${index}`);
}
