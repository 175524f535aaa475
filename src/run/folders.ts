import { rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { allSocketsDir, runsDir, socketsDir } from './paths.ts';

/** Removes a run's folders from this machine. @returns what was there of them */
export async function removeRunFolders(runId: string): Promise<readonly string[]> {
  const removed: string[] = [];
  for (const dir of [socketsDir(runId), join(runsDir(), runId)]) {
    if (await stat(dir).then(() => true, () => false)) removed.push(`folder ${dir}`);
    await rm(dir, { recursive: true, force: true });
  }
  // The folder above the sockets is shared: it goes with the last that is in it.
  await rmdir(allSocketsDir()).catch(() => undefined);
  return removed;
}
