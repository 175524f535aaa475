import { labels, selector } from '../labels.ts';

/** One entry of Prometheus' `scrape_configs`, as far as Plumbline writes it. */
export interface ScrapeConfig {
  readonly job_name: string;
  readonly scrape_interval: string;
  readonly scrape_timeout: string;
  readonly kubernetes_sd_configs?: readonly object[];
  readonly file_sd_configs?: readonly object[];
  readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  readonly scheme?: 'https';
  readonly metrics_path?: string;
  readonly authorization?: object;
  readonly tls_config?: object;
  readonly relabel_configs: readonly object[];
}

export const targetJob = 'plumbline-targets';

/** Finds the target pods of a run in one namespace and keeps their pods' and nodes' names and their ports as labels of every sample. */
export function targetScrapeConfig(runId: string, namespace: string, intervalSeconds: number): ScrapeConfig {
  return {
    job_name: targetJob,
    scrape_interval: `${intervalSeconds}s`,
    scrape_timeout: `${intervalSeconds}s`,
    kubernetes_sd_configs: [{
      role: 'pod', namespaces: { names: [namespace] }, selectors: [{ role: 'pod', label: selector(labels(runId, 'target')) }],
    }],
    relabel_configs: [
      { source_labels: ['__meta_kubernetes_pod_container_port_name'], action: 'keep', regex: 'metrics(-[0-9]+)?' },
      { source_labels: ['__meta_kubernetes_pod_name'], target_label: 'pod' },
      { source_labels: ['__meta_kubernetes_pod_node_name'], target_label: 'node' },
      { source_labels: ['__meta_kubernetes_pod_container_port_number'], target_label: 'port' },
    ],
  };
}
