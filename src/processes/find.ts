import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';

/** The path of a program; the folders of system programs count even where PATH lacks them. */
export async function findProgram(name: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(':'), '/usr/local/sbin', '/usr/sbin', '/sbin'].filter(Boolean);
  for (const folder of folders) {
    const path = join(folder, name);
    const usable = await access(path, constants.X_OK).then(() => true, () => false);
    if (usable) return path;
  }
  return undefined;
}
