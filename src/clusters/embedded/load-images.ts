import { link, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { partsOf } from '../../images/archive-parts.ts';
import type { ArchiveLayer } from '../../images/archive-parts.ts';
import type { ImageArchive } from '../../images/source.ts';
import { command } from '../../processes/command.ts';
import type { RunContext } from '../../run/context.ts';
import type { RunningNode } from './node.ts';

/** Of one layer that has to be copied after all, on a busy disk. */
const timeoutMs = 300_000;

/** Where containerd keeps what it has of images, below a node's folder. */
const blobs = 'var/lib/containerd/io.containerd.content.v1.content/blobs/sha256';

/**
 * Imports an archive into the containerd of a node. Layers are files that nobody changes: the node gets a link to what this machine
 * has, and is told of it. Unpacked by the first container that uses it, which most nodes never have.
 * @throws PlumblineError PL-COMMAND-FAILED with containerd's own sentence
 */
export async function importArchive(node: RunningNode, archive: ImageArchive, context: RunContext): Promise<void> {
  const { small, layers } = await partsOf(archive);
  // The image comes first: a layer that no image names is garbage to containerd.
  const [file, ...args] = ctr(node, ['images', 'import', '--no-unpack', '-']);
  await command(file, args, { input: small, timeoutMs, runId: context.id, signal: context.signal });
  for (const layer of layers) await share(node, layer, context);
}

/** Where the layer is there already, containerd takes its word for it; where it is not, it reads and checks it. */
async function share(node: RunningNode, { digest, size, path }: ArchiveLayer, context: RunContext): Promise<void> {
  const place = join(node.dir, blobs, digest);
  // On another file system nothing can be linked, and a second image may have the same layer.
  await mkdir(dirname(place), { recursive: true }).then(() => link(path, place)).catch(() => undefined);
  const ingest = ctr(node, ['content', 'ingest', `--expected-digest=sha256:${digest}`, `--expected-size=${size}`, `layer-${digest}`]);
  // The file itself is its standard input, in which it goes to where containerd is: at the end.
  await command('sh', ['-c', 'exec "$@" <"$0"', path, ...ingest], { timeoutMs, runId: context.id, signal: context.signal });
}

function ctr(node: RunningNode, words: readonly string[]): readonly [string, ...string[]] {
  return node.enter(['ctr', '--namespace', 'k8s.io', ...words]);
}
