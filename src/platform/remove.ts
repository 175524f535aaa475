import type { KubeClient } from '../clusters/kubernetes.ts';

/**
 * Starts the removal of one side's namespace and of its rights in the cluster, and does not wait for its end: the next
 * side has names of its own, and judges only what its own pods did.
 */
export async function remove(client: KubeClient, namespace: string, note: (text: string) => void): Promise<void> {
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const paths = [
    `/api/v1/namespaces/${namespace}`,
    ...['collector', 'allocator'].flatMap((name) => [`${rbac}/clusterrolebindings/${namespace}-${name}`, `${rbac}/clusterroles/${namespace}-${name}`]),
  ];
  for (const path of paths) {
    // Removal must not cost a finding: what is left goes with the cluster, and the note says so.
    await client.http.delete(path).catch((error: unknown) => note(`could not remove ${path}: ${String(error)}`));
  }
}
