import type { KubernetesObject } from '@kubernetes/client-node';
import { runLabel } from '../../run/run-label.ts';
import { until } from '../../run/wait.ts';
import { get, json, kubeClient } from '../kube-api.ts';
import type { KubeClient } from '../kube-api.ts';

const kinds = [
  '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations', '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  '/api/v1/namespaces', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', '/apis/rbac.authorization.k8s.io/v1/clusterroles',
  '/apis/apiextensions.k8s.io/v1/customresourcedefinitions',
];

export async function leaveClusters(runId: string, kubeconfigs: readonly string[]): Promise<readonly string[]> {
  return (await Promise.all(kubeconfigs.map(async (path) => leave(await kubeClient(path), runId)))).flat();
}

async function leave(client: KubeClient, runId: string): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const path of kinds) {
    const names = await labelled(client, path, runId);
    for (const name of names) {
      await client.http.delete(`${path}/${name}`);
      removed.push(`${path.split('/').at(-1)} ${name}`);
    }
    await until(`${path} of run ${runId} gone`, async ({ saw, signal }) => {
      const left = await labelled(client, path, runId, signal);
      saw(left.join(', '));
      return left.length === 0 ? true : undefined;
    }, { timeoutMs: 120_000 });
  }
  return removed;
}

async function labelled(client: KubeClient, path: string, runId: string, signal?: AbortSignal): Promise<readonly string[]> {
  const { items } = json(await get(client, path, { params: { labelSelector: `${runLabel}=${runId}` }, signal })) as { items: KubernetesObject[] };
  return items.map(({ metadata }) => metadata?.name ?? '');
}
