import { kubeClient } from '../clusters/kubernetes.ts';
import type { StartedCluster } from '../clusters/provider.ts';
import { pullImages } from '../clusters/pull-images.ts';
import { isArchive } from '../images/source.ts';
import type { Image } from '../images/source.ts';
import { imageKey } from '../platform/images.ts';
import type { RunContext } from '../run/context.ts';
import type { Recorder } from './recorder.ts';

/** Of a cluster that somebody else keeps, no more nodes than these pull beforehand; others do when a pod comes to them. */
const mostNodes = 10;

/** Brings images onto the nodes of a run's clusters, and knows what each has. */
export class OntoNodes {
  readonly #context: RunContext;
  readonly #recorder: Recorder;
  readonly #there = new Set<string>();

  constructor(context: RunContext, recorder: Recorder) {
    this.#context = context;
    this.#recorder = recorder;
  }

  /** Loads archives, and has the nodes pull the rest. @throws what a node failed of */
  async bring(cluster: StartedCluster, images: readonly Image[]): Promise<void> {
    const missing = images.filter(({ reference }) => !this.#there.has(`${cluster.name} ${reference}`));
    const archives = missing.filter(isArchive);
    const pulled = missing.filter((image) => !isArchive(image));
    if (archives.length > 0) await this.#recorder.step('images', `${named(archives)} onto ${cluster.name}`, async () => cluster.loadImages(archives));
    if (pulled.length > 0) await this.#pull(cluster, pulled);
    for (const { reference } of missing) this.#there.add(`${cluster.name} ${reference}`);
  }

  async #pull(cluster: StartedCluster, pulled: readonly Image[]): Promise<void> {
    const { id: runId, signal } = this.#context;
    const nodes = cluster.nodes.slice(0, mostNodes).map(({ name }) => name);
    const images = new Map(pulled.map((image) => [imageKey(image), image.reference]));
    await this.#recorder.step('images', `${named(pulled)} pulled by ${cluster.name}`, async (step) =>
      pullImages({ client: await kubeClient(cluster.kubeconfigPath), runId, nodes, images, signal, step }));
  }
}

function named(images: readonly Image[]): string {
  return images.map(imageKey).join(', ');
}
