import { runLabel } from '../labels.ts';
import type { ScrapeConfig } from '../target/scrape.ts';
import { shopApps } from './manifests.ts';

export const appsJob = 'plumbline-apps';

/** Finds the apps' pods in their namespace, and keeps pod, node and app as labels of every sample. */
export function appsScrapeConfig(runId: string, namespace: string, intervalSeconds: number): ScrapeConfig {
  return {
    job_name: appsJob,
    scrape_interval: `${intervalSeconds}s`,
    scrape_timeout: `${intervalSeconds}s`,
    kubernetes_sd_configs: [{ role: 'pod', namespaces: { names: [namespace] }, selectors: [{ role: 'pod', label: `${runLabel}=${runId}` }] }],
    relabel_configs: [
      { source_labels: ['__meta_kubernetes_pod_container_name'], action: 'keep', regex: Object.keys(shopApps).join('|') },
      { source_labels: ['__meta_kubernetes_pod_container_port_name'], action: 'keep', regex: 'http' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
      { source_labels: ['__meta_kubernetes_pod_node_name'], target_label: 'node' },
      { source_labels: ['__meta_kubernetes_pod_label_app_kubernetes_io_name'], target_label: 'service' },
    ],
  };
}
