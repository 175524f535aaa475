import type { KubernetesObject, V1Affinity, V1EnvVar, V1NodeSelectorTerm, V1PolicyRule, V1ResourceRequirements } from '@kubernetes/client-node';
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

/** Memory of a container in MiB; what is left out is not set. */
export interface Memory {
  readonly request?: number;
  readonly limit?: number;
}

/** @param cpuMilli requested, thousandths of a CPU */
export function memoryResources({ request, limit }: Memory, cpuMilli: number): V1ResourceRequirements {
  return { requests: { cpu: `${cpuMilli}m`, ...(request === undefined ? {} : { memory: `${request}Mi` }) }, ...(limit === undefined ? {} : { limits: { memory: `${limit}Mi` } }) };
}

/** Only on the node of that name. By its name, since a node's label of its host name may differ from it. */
export function onNode(name: string): V1Affinity {
  return nodeAffinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: [name] }] });
}

/** On any node but those; undefined where there are none to keep off. */
export function offNodes(names: readonly string[]): V1Affinity | undefined {
  // Kubernetes takes one name for each.
  return names.length === 0 ? undefined : nodeAffinity({ matchFields: names.map((name) => ({ key: 'metadata.name', operator: 'NotIn', values: [name] })) });
}

function nodeAffinity(term: V1NodeSelectorTerm): V1Affinity {
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } };
}

/** On nodes whose label is a whole number above this one. */
export function labelAbove(key: string, above: number): V1Affinity {
  return nodeAffinity({ matchExpressions: [{ key, operator: 'Gt', values: [String(above)] }] });
}

/** Both rules at once, which for nodes are one term; undefined where there is none. */
export function bothAffinities(one: V1Affinity | undefined, other: V1Affinity | undefined): V1Affinity | undefined {
  const terms = [one, other].map((affinity) => affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]);
  const [matchFields, matchExpressions] = [terms.flatMap((term) => term?.matchFields ?? []), terms.flatMap((term) => term?.matchExpressions ?? [])];
  if (matchFields.length + matchExpressions.length === 0) return undefined;
  return nodeAffinity({ ...(matchFields.length > 0 ? { matchFields } : {}), ...(matchExpressions.length > 0 ? { matchExpressions } : {}) });
}

/** Every component reads its configuration from /etc/plumbline. */
export const mountConfig = {
  mount: { name: 'config', mountPath: '/etc/plumbline' },
  volume: (configMapName: string) => ({ name: 'config', configMap: { name: configMapName } }),
};

export function service(metadata: Named, ports: readonly { name: string; port: number }[], selector: Record<string, string>): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector, ports } } as KubernetesObject;
}
