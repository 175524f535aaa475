import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { getIfThere } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { monitorDefinitions } from '../components/allocator/image.ts';
import { labels, runLabel } from '../components/labels.ts';
import { imageFiles, namespaceObject, start } from './parts.ts';
import type { Deployment } from './parts.ts';

/**
 * Puts a monitor into a side's namespace, before its allocator starts: that looks once, at its start, which kinds there are. Definitions
 * that the cluster has already, from whoever deployed an operator of Prometheus there, are taken as they are.
 */
export async function startMonitors(deployment: Deployment, { client, namespace }: { readonly client: KubeClient; readonly namespace: string }, monitor: KubernetesObject): Promise<void> {
  const { runId, files, spec, signal } = deployment;
  const folder = imageFiles(files, { component: 'allocator', version: spec.allocator?.version ?? '' });
  const definitions = await Promise.all(monitorDefinitions.map(async (path) => parse(await readFile(join(folder, path), 'utf8')) as KubernetesObject));
  for (const one of definitions) {
    const there = await getIfThere(client, `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${one.metadata?.name}`, { signal }) as KubernetesObject | undefined;
    if (there && there.metadata?.labels?.[runLabel] !== runId) continue;
    await start(client, [{ ...one, metadata: { ...one.metadata, labels: labels(runId, 'monitors') } }], deployment);
  }
  await start(client, [namespaceObject(runId, namespace), monitor], deployment);
}
