import { kubeClient } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import type { PlatformSpec } from '../platform/spec.ts';

/** A cluster of the shape that a side needs, with the images that it needs on every node. */
export interface StagedCluster {
  readonly client: KubeClient;
  /** Image references by imageKey. */
  readonly images: ReadonlyMap<string, string>;
}

/** Waits until cluster and images for a platform are there: the way a suite's process gets them. */
export type Stage = (spec: PlatformSpec, signal: AbortSignal) => Promise<StagedCluster>;

/** What crosses from the runner's process to the suites' one. */
export interface StageAnswer {
  readonly kubeconfigPath: string;
  readonly images: Readonly<Record<string, string>>;
}

const clients = new Map<string, Promise<KubeClient>>();

/** The same client for the same kubeconfig, so that connections are reused. */
export async function stagedCluster(answer: StageAnswer): Promise<StagedCluster> {
  const client = clients.get(answer.kubeconfigPath) ?? kubeClient(answer.kubeconfigPath);
  clients.set(answer.kubeconfigPath, client);
  return { client: await client, images: new Map(Object.entries(answer.images)) };
}
