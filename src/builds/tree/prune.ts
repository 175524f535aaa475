import { glob, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Removes what matches below a folder. Patterns are Node's globs, relative to the folder. */
export async function pruneFiles(folder: string, patterns: readonly string[]): Promise<void> {
  if (patterns.length === 0) return;
  const found: string[] = [];
  for await (const path of glob([...patterns], { cwd: folder })) found.push(path);
  for (const path of found) await rm(join(folder, path), { recursive: true, force: true });
}
