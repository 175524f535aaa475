/** What a user does to scraping collectors and their allocator while they run. */
import { deleteObject, mergePatch } from '../src/clusters/kube-api.ts';
import { operated } from '../src/platform/collectors.ts';
import type { Platform } from '../src/platform/platform.ts';
import { allocatorOf } from './assignments.ts';

/** Asks for another number of collectors of a stateful set, as `kubectl patch` does; nothing is waited for. @throws KubeApiError where it is refused */
export async function scaleCollectors({ spec, client, namespace }: Platform, replicas: number, signal: AbortSignal): Promise<void> {
  const path = spec.operator
    ? `/apis/opentelemetry.io/v1beta1/namespaces/${namespace}/opentelemetrycollectors/${operated.resource}`
    : `/apis/apps/v1/namespaces/${namespace}/statefulsets/collector`;
  await mergePatch(client, path, { spec: { replicas } }, { signal });
}

/** Deletes the allocator's pod; another one comes in its place, and nothing is waited for. @returns the name of the one that ends */
export async function restartAllocator(platform: Platform, signal: AbortSignal): Promise<string> {
  const { pod } = await allocatorOf(platform, signal);
  await deleteObject(platform.client, `/api/v1/namespaces/${platform.namespace}/pods/${pod}`, { signal });
  return pod;
}
