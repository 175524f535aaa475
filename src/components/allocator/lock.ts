import type { LockTools } from '../../builds/lock/lock.ts';
import { lockModule } from '../../builds/lock/module.ts';
import { allocatorModule, allocatorPackage } from './image.ts';

/** Writes the lock of an allocator's version into a folder. @throws ToolFailure where something cannot be had */
export async function lockAllocator(folder: string, version: string, { go }: LockTools): Promise<void> {
  await lockModule(folder, { name: 'allocator', module: allocatorModule, version: `v${version}`, packages: [allocatorPackage] }, go);
}
