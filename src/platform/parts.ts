import type { KubernetesObject } from '@kubernetes/client-node';
import { apply } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import type { NodeChange } from '../clusters/provider.ts';
import { labels } from '../components/labels.ts';
import type { RunStep } from '../run/context.ts';
import { imageKey } from './images.ts';
import { rolledOut } from './rollout.ts';
import type { Workload } from './rollout.ts';
import type { Installed } from './installed-spec.ts';
import type { PlatformSpec } from './spec.ts';

/** What one platform is deployed from. */
export interface Deployment {
  readonly runId: string;
  /** By the platform's own names for its clusters, the one with the backends first. */
  readonly clients: ReadonlyMap<string, KubeClient>;
  /** Names of the nodes of each cluster: the platform's `node-1` is the first. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  readonly spec: PlatformSpec;
  /** DNS label of this platform within the run, e.g. `sd-1-twin`; tenants and namespaces are named after it. */
  readonly name: string;
  /** Image references by imageKey. */
  readonly images: ReadonlyMap<string, string>;
  /** Folders of files that came with an image, by imageKey. */
  readonly files: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  /** Nodes of the platform's only cluster join it or leave it, where they can. */
  changeNodes?(change: NodeChange, signal: AbortSignal): Promise<void>;
  /** The user's own platform, where the spec says that it is one. */
  readonly installed?: Installed;
  /** True where sides before this one are kept: their collectors go on scraping the targets that they share. */
  readonly ownTargets: boolean;
  note(text: string): void;
  /** Shows what is started for the first time, and for later sides too, as a step of its own. */
  readonly step: RunStep;
}

/** What the parts of a deployment share. */

export function namespaceObject(runId: string, name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: labels(runId, 'namespace') } };
}

export function imageReference(images: ReadonlyMap<string, string>, image: { component: string; version: string }): string {
  const found = images.get(imageKey(image));
  if (found === undefined) throw new Error(`image ${imageKey(image)} was not brought to this cluster`);
  return found;
}

/** The folder of the files that came with an image, such as what is applied to a cluster before its program runs there. */
export function imageFiles(files: ReadonlyMap<string, string>, image: { component: string; version: string }): string {
  const found = files.get(imageKey(image));
  if (found === undefined) throw new Error(`no files came with image ${imageKey(image)}`);
  return found;
}

export function clientOf(deployment: Deployment, cluster: string): KubeClient {
  const client = deployment.clients.get(cluster);
  if (!client) throw new Error(`no cluster ${cluster} was staged`);
  return client;
}

/** The nodes of a cluster that its platform counts; there may be more. */
export function countedNodes({ nodes, spec }: Deployment, cluster: string): readonly string[] {
  const all = nodes.get(cluster);
  if (!all) throw new Error(`the nodes of cluster ${cluster} were not named`);
  return all.slice(0, spec.nodes);
}

/** The real name of a node that a platform's file calls `node-2`. */
export function nodeOf(deployment: Deployment, cluster: string, name: string): string {
  const real = countedNodes(deployment, cluster)[Number(name.replace('node-', '')) - 1];
  if (real === undefined) throw new Error(`no ${name} in cluster ${cluster}`);
  return real;
}

export async function start(client: KubeClient, objects: readonly KubernetesObject[], { signal }: Deployment): Promise<void> {
  await apply(client, objects, signal);
}

export async function ready(workload: Workload, deployment: Deployment): Promise<void> {
  await rolledOut(workload, deployment);
}
