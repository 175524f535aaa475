import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { nodeOf, targetGroup } from './targets.ts';
import type { Scene } from './faults.ts';

/** Groups written at once: a megabyte or so. */
const batch = 2000;

/** Writes the targets of a scene to a file of `file_sd_configs`; it appears whole, also where an older one is replaced. */
export async function writeTargets(path: string, { nodes, targets, gone }: Scene, signal: AbortSignal): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Beside the folder: whatever changes in it makes the allocator read all of it again.
  const draft = join(dirname(dirname(path)), 'targets.draft');
  const file = await open(draft, 'w');
  try {
    let before = '[';
    for (let first = 0; first < targets; first += batch) {
      signal.throwIfAborted();
      const present = range(first, Math.min(first + batch, targets)).filter((target) => nodeOf(target, nodes) !== gone);
      await file.write(present.map((target) => `${comma()}${JSON.stringify(targetGroup(target, nodes))}`).join(''));
    }
    await file.write(before === '[' ? '[]' : ']');
    function comma(): string {
      const text = before;
      before = ',\n';
      return text;
    }
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
