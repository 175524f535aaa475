import PQueue from 'p-queue';
import type { ImageArchive } from '../images/source.ts';

/** Imports at a time on one machine: they are bound by its processors and its disk. */
const atATime = 4;

/** What is known of one node's images. */
interface NodeImages {
  /** One import at a time: containerd stores every archive's index under the same name, and makes a second one wait and retry. */
  readonly queue: PQueue;
  /** Digests by reference. */
  readonly digests: Map<string, string>;
}

/** Puts images onto the nodes of one cluster, and knows what each has. */
export class ImageLoader<Node extends { readonly name: string }> {
  readonly #import: (node: Node, archive: ImageArchive) => Promise<unknown>;
  readonly #machine = new PQueue({ concurrency: atATime });
  readonly #nodes = new Map<string, NodeImages>();

  /** @param importArchive puts one archive onto one node */
  constructor(importArchive: (node: Node, archive: ImageArchive) => Promise<unknown>) {
    this.#import = importArchive;
  }

  /**
   * Imports archives into every node given, in their order. A node that has an image under the same reference with the
   * same content keeps it.
   *
   * @throws what an import failed of, e.g. with containerd's own sentence when the disk is full
   */
  async load(nodes: readonly Node[], archives: readonly ImageArchive[]): Promise<void> {
    await Promise.all(archives.flatMap((archive) => nodes.map((node) => this.#loadOne(node, archive))));
  }

  /** A node of that name that comes later has nothing yet. */
  forget(name: string): void {
    this.#nodes.delete(name);
  }

  async #loadOne(node: Node, archive: ImageArchive): Promise<void> {
    const known = this.#nodes.get(node.name) ?? { queue: new PQueue({ concurrency: 1 }), digests: new Map<string, string>() };
    this.#nodes.set(node.name, known);
    await known.queue.add(async () => {
      if (known.digests.get(archive.reference) === archive.digest) return;
      await this.#machine.add(() => this.#import(node, archive));
      known.digests.set(archive.reference, archive.digest);
    });
  }
}
