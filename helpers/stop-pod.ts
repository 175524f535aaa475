/** A pod that is asked to end, and how it did. */
import type { V1Pod } from '@kubernetes/client-node';
import { deleteObject, getIfThere } from '../src/clusters/kube-api.ts';
import type { Tenant } from '../src/platform/platform.ts';
import { until } from '../src/run/wait.ts';

export interface PodEnd {
  /** From the request to the pod's being gone. */
  readonly afterMs: number;
  /** Of its container; undefined where the pod went before anybody could look. */
  readonly exitCode?: number;
}

/** Deletes a pod of a tenant's namespace, with its own grace period, and waits until it is gone. */
export async function stopPod({ client, namespace }: Tenant, { name, uid }: { readonly name: string; readonly uid: string }, options: { readonly timeoutMs: number; readonly signal: AbortSignal; note(text: string): void }): Promise<PodEnd> {
  const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
  const start = performance.now();
  await deleteObject(client, path);
  let exitCode: number | undefined;
  await until(`${name} gone`, async ({ saw, signal }) => {
    const pod = await getIfThere(client, path, { signal }) as V1Pod | undefined;
    if (pod?.metadata?.uid !== uid) return true;
    const ended = pod.status?.containerStatuses?.[0]?.state?.terminated;
    exitCode ??= ended?.exitCode;
    saw(ended ? `ended with code ${ended.exitCode}` : 'still running');
    return undefined;
  }, { timeoutMs: options.timeoutMs, intervalMs: 100, signal: options.signal, step: options });
  return { afterMs: Math.round(performance.now() - start), ...(exitCode === undefined ? {} : { exitCode }) };
}
