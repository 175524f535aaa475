import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builderModule, writeCollector } from '../source.ts';
import type { GoTools } from '../source.ts';
import { lockModule, resolve } from './module.ts';

/**
 * Writes the lock of a collector into a folder: builder.yaml, the builder's own lock, and what the program that it writes resolves to.
 *
 * @param config builder.yaml
 * @param builderVersion with its leading v
 * @throws ToolFailure where something cannot be had
 */
export async function lockGenerated(folder: string, config: string, builderVersion: string, scratch: string, tools: GoTools): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'builder.yaml'), config);
  await lockModule(join(folder, 'builder'), { name: 'builder', module: builderModule, version: builderVersion, packages: [builderModule] }, tools);
  const generated = await writeCollector(folder, scratch, tools);
  await resolve(generated, ['.'], tools);
  for (const name of ['go.mod', 'go.sum']) await cp(join(generated, name), join(folder, name));
}
