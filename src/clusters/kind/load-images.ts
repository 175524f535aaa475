import PQueue from 'p-queue';
import type { ImageArchive } from '../../images/source.ts';
import type { RunContext } from '../../run/context.ts';
import { kind } from './program.ts';

/** Milliseconds to put one archive onto every node. */
const loadTimeoutMs = 600_000;

/** Puts images onto the nodes of one cluster, and knows what they have. */
export class ImageLoader {
  readonly #cluster: string;
  readonly #context: RunContext;
  /** One at a time: each is a copy onto every node already, and containerd makes a second import wait and retry. */
  readonly #queue = new PQueue({ concurrency: 1 });
  /** Digests by reference. */
  readonly #digests = new Map<string, string>();

  constructor(cluster: string, context: RunContext) {
    this.#cluster = cluster;
    this.#context = context;
  }

  /** @throws PlumblineError PL-KIND-FAILED, e.g. where the cluster is gone or a disk is full */
  async load(archives: readonly ImageArchive[]): Promise<void> {
    await Promise.all(archives.map((archive) => this.#queue.add(() => this.#loadOne(archive))));
  }

  async #loadOne({ reference, digest, path }: ImageArchive): Promise<void> {
    if (this.#digests.get(reference) === digest) return;
    const { id: runId, signal } = this.#context;
    await kind(['load', 'image-archive', path, '--name', this.#cluster], { cluster: this.#cluster, runId, signal, timeoutMs: loadTimeoutMs });
    this.#digests.set(reference, digest);
  }
}
