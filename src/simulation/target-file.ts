import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Scene } from './faults.ts';
import { nodeOf, targetGroup } from './targets.ts';

/** Groups written at once: a megabyte or so. */
const batch = 2000;

/** Writes the targets of a scene to a file of `file_sd_configs`; it appears whole, also where an older one is replaced. */
export async function writeTargets(path: string, { nodes, targets, gone }: Scene, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Beside the folder: whatever changes in it makes the allocator read all of it again.
  const draft = join(dirname(dirname(path)), 'targets.draft');
  const present = Array.from({ length: targets }, (_, target) => target).filter((target) => nodeOf(target, nodes) !== gone);
  const file = await open(draft, 'w');
  try {
    for (let first = 0; first < present.length; first += batch) {
      signal.throwIfAborted();
      const groups = present.slice(first, first + batch).map((target) => JSON.stringify(targetGroup(target, nodes)));
      await file.write(`${first === 0 ? '[' : ','}${groups.join(',\n')}`);
    }
    await file.write(']');
  } finally {
    await file.close();
  }
  await rename(draft, path);
}
