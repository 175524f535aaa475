import PQueue from 'p-queue';
import type { ImageArchive } from '../../images/source.ts';
import { command } from '../../processes/command.ts';
import type { RunningNode } from './node.ts';

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
export class ImageLoader {
  readonly #runId: string;
  readonly #machine = new PQueue({ concurrency: atATime });
  readonly #nodes = new Map<string, NodeImages>();

  constructor(runId: string) {
    this.#runId = runId;
  }

  /**
   * Imports archives into the containerd of every node given, in their order. A node that has an image under the same
   * reference with the same content keeps it.
   *
   * @throws PlumblineError PL-COMMAND-FAILED with containerd's own sentence, e.g. when the disk is full
   */
  async load(nodes: readonly RunningNode[], archives: readonly ImageArchive[], signal: AbortSignal): Promise<void> {
    await Promise.all(archives.flatMap((archive) => nodes.map((node) => this.#loadOne(node, archive, signal))));
  }

  async #loadOne(node: RunningNode, archive: ImageArchive, signal: AbortSignal): Promise<void> {
    const known = this.#nodes.get(node.name) ?? { queue: new PQueue({ concurrency: 1 }), digests: new Map<string, string>() };
    this.#nodes.set(node.name, known);
    await known.queue.add(async () => {
      if (known.digests.get(archive.reference) === archive.digest) return;
      await this.#machine.add(() => importArchive(node, archive, this.#runId, signal));
      known.digests.set(archive.reference, archive.digest);
    });
  }
}

async function importArchive(node: RunningNode, archive: ImageArchive, runId: string, signal: AbortSignal): Promise<void> {
  // Through standard input: the node may not see the archive's folder. Unpacked by the first container that uses it,
  // which most nodes never have: that halves the time and the disk.
  const [file, ...args] = node.enter(['ctr', '--namespace', 'k8s.io', 'images', 'import', '--no-unpack', '-']);
  await command(file, args, { inputFile: archive.path, timeoutMs: 300_000, runId, signal });
}
