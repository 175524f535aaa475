import { kubeClient } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import type { NodeChange } from '../clusters/provider.ts';
import type { PlatformSpec } from '../platform/spec.ts';

/** The clusters that a side needs, with the images that it needs on their nodes. */
export interface StagedClusters {
  /** By the platform's own names for its clusters; two names may mean the same cluster. */
  readonly clients: ReadonlyMap<string, KubeClient>;
  /** Names of the nodes of each, in the order in which the platform counts them; there may be more than it asks for. */
  readonly nodes: ReadonlyMap<string, readonly string[]>;
  /** Image references by imageKey. */
  readonly images: ReadonlyMap<string, string>;
  /** Folders of files that came with an image, by imageKey. */
  readonly files: ReadonlyMap<string, string>;
  /** Nodes of the platform's only cluster join it or leave it. Left out: nobody can have them do so. */
  changeNodes?(change: NodeChange, signal: AbortSignal): Promise<void>;
}

/** Whose nodes change, and how. */
export interface NodeOrder {
  readonly spec: PlatformSpec;
  readonly change: NodeChange;
}

/** Waits until clusters and images for a platform are there: the way a suite's process gets them. */
export type Stage = (spec: PlatformSpec, signal: AbortSignal) => Promise<StagedClusters>;

/** What crosses from the runner's process to the suites' one. */
export interface StageAnswer {
  /** Kubeconfig paths by the platform's own names for its clusters, the one with the backends first. */
  readonly kubeconfigs: Readonly<Record<string, string>>;
  readonly nodes: Readonly<Record<string, readonly string[]>>;
  readonly images: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, string>>;
}

const clients = new Map<string, Promise<KubeClient>>();

/** Clients for the staged clusters; the same one for the same kubeconfig, so that connections are reused. */
export async function stagedClusters({ kubeconfigs, nodes, images, files }: StageAnswer, changeNodes?: StagedClusters['changeNodes']): Promise<StagedClusters> {
  const named = await Promise.all(Object.entries(kubeconfigs).map(async ([name, path]) => [name, await clientFor(path)] as const));
  return { clients: new Map(named), nodes: new Map(Object.entries(nodes)), images: new Map(Object.entries(images)), files: new Map(Object.entries(files)), ...(changeNodes ? { changeNodes } : {}) };
}

function clientFor(kubeconfigPath: string): Promise<KubeClient> {
  const client = clients.get(kubeconfigPath) ?? kubeClient(kubeconfigPath);
  clients.set(kubeconfigPath, client);
  return client;
}
