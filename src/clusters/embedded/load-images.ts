import PQueue from 'p-queue';
import type { ImageArchive } from '../../images/source.ts';
import { command } from '../../processes/command.ts';
import type { RunContext } from '../../run/context.ts';
import type { RunningNode } from './node.ts';

/** Imports at a time on one machine: unpacking is bound by its processors and its disk. */
const atATime = 4;

/**
 * Imports archives into the containerd of every node, several at a time. A node that has an image under the same
 * reference with the same content keeps it.
 *
 * @throws PlumblineError PL-COMMAND-FAILED with containerd's own sentence, e.g. when the disk is full
 */
export async function loadImages(nodes: readonly RunningNode[], archives: readonly ImageArchive[], loaded: LoadedImages, run: Pick<RunContext, 'id' | 'signal'>): Promise<void> {
  const queue = new PQueue({ concurrency: atATime });
  const pending = nodes.flatMap((node) => archives.filter((archive) => loaded.get(node.name)?.get(archive.reference) !== archive.digest).map((archive) => ({ node, archive })));
  // Archive by archive over all nodes: what comes first in the list is everywhere first.
  pending.sort((a, b) => archives.indexOf(a.archive) - archives.indexOf(b.archive));
  await queue.addAll(pending.map(({ node, archive }) => async () => {
    await importArchive(node, archive, run);
    const known = loaded.get(node.name) ?? new Map<string, string>();
    loaded.set(node.name, known.set(archive.reference, archive.digest));
  }));
}

/** What each node has: digests by reference, by node name. */
export type LoadedImages = Map<string, Map<string, string>>;

async function importArchive(node: RunningNode, archive: ImageArchive, { id, signal }: Pick<RunContext, 'id' | 'signal'>): Promise<void> {
  // Through standard input: the node may not see the archive's folder. Unpacked by the first container that uses it,
  // which most nodes never have: that halves the time and the disk.
  const [file, ...args] = node.enter(['ctr', '--namespace', 'k8s.io', 'images', 'import', '--no-unpack', '-']);
  await command(file, args, { inputFile: archive.path, timeoutMs: 300_000, runId: id, signal });
}
