import type { ImageArchive } from '../../images/source.ts';
import type { RunContext } from '../../run/context.ts';
import { ImageLoader } from '../image-loader.ts';
import { kind } from './program.ts';

/** Milliseconds to put one archive onto every node. */
const loadTimeoutMs = 600_000;

/** A cluster of kind's, which puts an image onto all its nodes at once. */
interface Named {
  readonly name: string;
}

/** Puts images onto clusters, and knows what each has. Its loads throw PL-KIND-FAILED, e.g. where the cluster is gone or a disk is full. */
export function imageLoader({ id, signal }: RunContext): ImageLoader<Named> {
  return new ImageLoader<Named>(({ name }, { path }: ImageArchive) =>
    kind(['load', 'image-archive', path, '--name', name], { cluster: name, runId: id, signal, timeoutMs: loadTimeoutMs }));
}
