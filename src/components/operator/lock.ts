import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockTools } from '../../builds/lock/lock.ts';
import { lockModule } from '../../builds/lock/module.ts';
import { operatorModule, releasedVersions, versionsFile } from './image.ts';

/**
 * Writes the lock of an operator's version into a folder, and which versions that release defaults to.
 *
 * @throws ToolFailure where something cannot be had
 */
export async function lockOperator(folder: string, version: string, { go }: LockTools): Promise<void> {
  const { Dir } = await lockModule(folder, { name: 'operator', module: operatorModule, version: `v${version}`, packages: [operatorModule] }, go);
  const released = releasedVersions(await readFile(join(Dir, versionsFile), 'utf8'));
  await writeFile(join(folder, versionsFile), released.map(({ name, value }) => `${name}=${value}\n`).join(''));
}
