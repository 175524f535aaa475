import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LockTools } from '../../builds/lock/lock.ts';
import { lockModule } from '../../builds/lock/module.ts';
import { operatorModule, versionsFile } from './image.ts';

/** Writes the lock of an operator's version into a folder, and what its release says of the versions that it defaults to. @throws ToolFailure where something cannot be had */
export async function lockOperator(folder: string, version: string, { go }: LockTools): Promise<void> {
  const { Dir } = await lockModule(folder, { name: 'operator', module: operatorModule, version: `v${version}`, packages: [operatorModule] }, go);
  await copyFile(join(Dir, versionsFile), join(folder, versionsFile));
}
