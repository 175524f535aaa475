import type { KubernetesObject, V1EnvVar, V1PolicyRule } from '@kubernetes/client-node';
import { labels } from './labels.ts';

/** Small pieces that the manifests of several components share. */

interface Named { readonly name: string; readonly namespace: string; readonly labels?: Record<string, string> }

export function configMap(metadata: Named, data: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data } as KubernetesObject;
}

/** A service account that may do what `rules` name in the whole cluster, and nothing else. */
export function clusterAccount(place: { runId: string; namespace: string }, name: string, rules: V1PolicyRule[]): KubernetesObject[] {
  const own = { name, namespace: place.namespace, labels: labels(place.runId, name) };
  const cluster = { name: `${place.namespace}-${name}`, labels: own.labels };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: own },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: cluster, rules } as KubernetesObject,
    {
      apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: cluster,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: cluster.name },
      subjects: [{ kind: 'ServiceAccount', name, namespace: place.namespace }],
    } as KubernetesObject,
  ];
}

/** Environment variables from fields of the pod, e.g. `{ POD_NAME: 'metadata.name' }`. */
export function downwardEnv(fields: Readonly<Record<string, string>>): V1EnvVar[] {
  return Object.entries(fields).map(([name, fieldPath]) => ({ name, valueFrom: { fieldRef: { fieldPath } } }));
}

/** Every component reads its configuration from /etc/plumbline. */
export const mountConfig = {
  mount: { name: 'config', mountPath: '/etc/plumbline' },
  volume: (configMapName: string) => ({ name: 'config', configMap: { name: configMapName } }),
};

export function service(metadata: Named, ports: readonly { name: string; port: number }[], selector: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector, ports } } as KubernetesObject;
}
