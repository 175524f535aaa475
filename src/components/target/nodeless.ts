import type { V1PolicyRule } from '@kubernetes/client-node';
import { targetPort } from './manifests.ts';
import type { ScrapeConfig } from './scrape.ts';

/** Two jobs as users have them, whose targets are on no node as far as their discovery says. */
export const nodelessJobs = { apiServer: 'plumbline-apiserver', static: 'plumbline-static' } as const;

/** Metrics of the API server that are a few dozen lines; `/metrics` itself has tens of thousands. */
const apiServerPath = '/metrics/slis';

/** What a collector has to be allowed to scrape the API server. */
export const apiServerRules: readonly V1PolicyRule[] = [{ nonResourceURLs: [apiServerPath], verbs: ['get'] }];

/** The address of the static target: the service in front of the target pods. */
export function staticTarget(targetsNamespace: string): string {
  return `target.${targetsNamespace}.svc.cluster.local:${targetPort}`;
}

/** The API server by the endpoints of its service, which name no node, and an address that is written down. */
export function nodelessScrapeConfigs(targetsNamespace: string, intervalSeconds: number): readonly ScrapeConfig[] {
  const every = { scrape_interval: `${intervalSeconds}s`, scrape_timeout: `${intervalSeconds}s` };
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';
  return [
    {
      job_name: nodelessJobs.apiServer, ...every, scheme: 'https', metrics_path: apiServerPath,
      authorization: { credentials_file: `${account}/token` }, tls_config: { ca_file: `${account}/ca.crt`, server_name: 'kubernetes.default.svc' },
      kubernetes_sd_configs: [{ role: 'endpoints', namespaces: { names: ['default'] } }],
      relabel_configs: [{ source_labels: ['__meta_kubernetes_service_name', '__meta_kubernetes_endpoint_port_name'], action: 'keep', regex: 'kubernetes;https' }],
    },
    { job_name: nodelessJobs.static, ...every, static_configs: [{ targets: [staticTarget(targetsNamespace)] }], relabel_configs: [] },
  ];
}
