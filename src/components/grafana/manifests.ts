import type { KubernetesObject } from '@kubernetes/client-node';
import { backendDeployment } from '../backend-manifests.ts';
import { configMap } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import { grafanaConfig, grafanaHome, grafanaPathsEnv, grafanaPort, grafanaProgram, provisioningFolder } from './config.ts';
import { dataSourcesFile, datasourcesFile } from './data-sources.ts';
import type { DataSource } from './data-sources.ts';

/** ConfigMap with the provisioned data sources; it changes while Grafana runs, and reloadDataSources makes Grafana read it. */
export const dataSourcesConfigMap = 'grafana-datasources';

export interface GrafanaSettings {
  /** Of the user `admin`. */
  readonly adminPassword: string;
}

/** Grafana without the ConfigMap of its data sources (dataSourcesObject), which must be there before the pod can start. */
export function grafanaDeployment(place: Place, { adminPassword }: GrafanaSettings): KubernetesObject[] {
  return backendDeployment(place, {
    name: 'grafana',
    command: [grafanaProgram],
    args: ['server', `--homepath=${grafanaHome}`, '--config=/etc/plumbline/grafana.ini'],
    files: { 'grafana.ini': grafanaConfig() },
    ports: [{ name: 'http', port: grafanaPort }],
    ready: { path: '/api/health', port: grafanaPort },
    // Idle 150 MiB, loopback.
    memoryMi: { request: 160, limit: 384 },
    env: { GF_SECURITY_ADMIN_PASSWORD: adminPassword, ...grafanaPathsEnv },
    live: { [dataSourcesConfigMap]: `${provisioningFolder}/datasources` },
  });
}

/** The data sources of all tenants of all sides; a part of them would not take the others away, but hide that they are there. */
export function dataSourcesObject(place: Pick<Place, 'runId' | 'namespace'>, sources: readonly DataSource[]): KubernetesObject {
  const meta = { name: dataSourcesConfigMap, namespace: place.namespace, labels: labels(place.runId, 'grafana') };
  return configMap(meta, { [datasourcesFile]: dataSourcesFile(sources) });
}
