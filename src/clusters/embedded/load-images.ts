import type { ImageArchive } from '../../images/source.ts';
import { command } from '../../processes/command.ts';
import type { RunContext } from '../../run/context.ts';
import type { RunningNode } from './node.ts';

/** Imports an archive into the containerd of a node. @throws PlumblineError PL-COMMAND-FAILED with containerd's own sentence */
export async function importArchive(node: RunningNode, archive: ImageArchive, { id, signal }: RunContext): Promise<void> {
  // Through standard input: the node may not see the archive's folder. Unpacked by the first container that uses it,
  // which most nodes never have: that halves the time and the disk.
  const [file, ...args] = node.enter(['ctr', '--namespace', 'k8s.io', 'images', 'import', '--no-unpack', '-']);
  await command(file, args, { inputFile: archive.path, timeoutMs: 300_000, runId: id, signal });
}
