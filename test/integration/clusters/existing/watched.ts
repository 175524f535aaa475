import type { KubernetesObject } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { get } from '../../../../src/clusters/kube-api.ts';
import { apply } from '../../../../src/clusters/kubernetes.ts';
import type { KubeClient } from '../../../../src/clusters/kubernetes.ts';
import { until } from '../../../../src/run/wait.ts';

/** A platform of somebody's, as its objects say it: no pod of it is ever started. */

const namespace = 'watched';
const definition = 'opentelemetrycollectors.opentelemetry.io';

const config = {
  receivers: { otlp: { protocols: { http: {} } } }, processors: { batch: {} },
  exporters: { otlphttp: { endpoint: 'https://otlp.example', headers: { 'X-Scope-OrgID': 'team-a', 'Authorization': 'Bearer planted-in-a-cluster' } } },
  service: { pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['otlphttp'] } } },
};

const labels = { app: 'watched' };

function workload(kind: 'Deployment' | 'StatefulSet', name: string, image: string, configMap?: string): object {
  const volumes = configMap === undefined ? [] : [{ name: 'config', configMap: { name: configMap } }];
  return {
    apiVersion: 'apps/v1', kind, metadata: { name, namespace },
    spec: { replicas: 0, ...(kind === 'StatefulSet' ? { serviceName: name } : {}), selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'main', image }], volumes } } },
  };
}

const kinds = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  {
    apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: definition },
    spec: {
      group: 'opentelemetry.io', scope: 'Namespaced', names: { kind: 'OpenTelemetryCollector', plural: 'opentelemetrycollectors' },
      versions: [{ name: 'v1beta1', served: true, storage: true, schema: { openAPIV3Schema: { 'type': 'object', 'x-kubernetes-preserve-unknown-fields': true } } }],
    },
  },
];

const objects = [
  { apiVersion: 'opentelemetry.io/v1beta1', kind: 'OpenTelemetryCollector', metadata: { name: 'agent', namespace }, spec: { mode: 'daemonset', image: 'otel/opentelemetry-collector-contrib:0.131.0', config, targetAllocator: { enabled: true, allocationStrategy: 'per-node' } } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'team-b', namespace }, data: { 'relay.yaml': stringify({ ...config, exporters: { otlphttp: { headers: { 'X-Scope-OrgID': 'team-b' } } } }) } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'mimir-runtime', namespace }, data: { 'runtime.yaml': 'overrides: {team-b: {ingestion_rate: 20000}}\n' } },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'unmounted', namespace }, data: { 'relay.yaml': 'planted: nobody mounts it' } },
  workload('Deployment', 'team-b', 'otel/opentelemetry-collector-contrib:0.131.0', 'team-b'),
  workload('StatefulSet', 'mimir', 'grafana/mimir:2.17.1', 'mimir-runtime'),
];

/** Makes it, and waits until controllers have had their say. */
export async function makeWatched(client: KubeClient): Promise<void> {
  await apply(client, kinds as KubernetesObject[]);
  await apply(client, objects as KubernetesObject[]);
  await until('the workloads to be seen by their controllers', async ({ signal }) => {
    const seen = await Promise.all(['deployments/team-b', 'statefulsets/mimir'].map(async (name) => (JSON.parse((await get(client, `/apis/apps/v1/namespaces/${namespace}/${name}`, { signal })).data) as { status?: { observedGeneration?: number } }).status?.observedGeneration));
    const root = (await client.http.get(`/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`, { signal })).status === 200;
    return root && seen.every((generation) => generation === 1) ? true : undefined;
  }, { timeoutMs: 30_000 });
}

export async function removeWatched(client: KubeClient): Promise<void> {
  const paths = [`/api/v1/namespaces/${namespace}`, `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition}`];
  for (const path of paths) await client.http.delete(path);
  await until('what was watched to be gone', async ({ signal }) => {
    const there = await Promise.all(paths.map(async (path) => (await client.http.get(path, { signal })).status));
    return there.every((status) => status === 404) ? true : undefined;
  }, { timeoutMs: 60_000 });
}
