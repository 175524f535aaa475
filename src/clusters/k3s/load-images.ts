import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import type { ImageArchive } from '../../images/source.ts';
import type { Engine } from './engine.ts';
import { execIn } from './exec.ts';

/** Copies an archive into a node's container, through the engine wherever that runs, and has the node's containerd import it. */
export async function importArchive(engine: Engine, container: string, archive: ImageArchive, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const name = `${archive.component}-${archive.version}.tar`;
  const tar = pack();
  const written = pipeline(createReadStream(archive.path), tar.entry({ name, size: (await stat(archive.path)).size }), { signal }).then(() => tar.finalize());
  await Promise.all([written, engine.container.putArchive(engine.container.getById(container), Readable.from(tar), '/tmp')]);
  // Unpacked by the first container that uses it, which most nodes never have.
  await execIn(engine, container, ['ctr', '--namespace', 'k8s.io', 'images', 'import', '--no-unpack', `/tmp/${name}`]);
  await execIn(engine, container, ['rm', `/tmp/${name}`]);
}
