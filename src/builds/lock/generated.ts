import { existsSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builderModules } from '../available.ts';
import { builderModule, writeCollector } from '../source.ts';
import type { GoTools } from '../source.ts';
import { lockModule, resolve } from './module.ts';

/** The collector's own code, which the main package that the builder writes imports beside the parts. */
const frame = 'go.opentelemetry.io/collector/otelcol';

/**
 * Writes the lock of a collector into a folder: builder.yaml, the builder's own lock, and what the program that it writes resolves to.
 *
 * @param config builder.yaml
 * @param version of the core and its builder, with its leading v
 * @throws ToolFailure where something cannot be had
 */
export async function lockGenerated(folder: string, config: string, version: string, scratch: string, tools: GoTools): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'builder.yaml'), config);
  const builder = { name: 'builder', module: builderModule, version, packages: [builderModule] };
  const { goMod } = await lockModule(join(folder, 'builder'), builder, tools);
  const generated = await writeCollector(folder, scratch, tools);
  // From 0.155 on the builder leaves go.mod to who has it resolve modules, which would take the newest of some.
  if (!existsSync(join(generated, 'go.mod'))) await writeFile(join(generated, 'go.mod'), await requiringParts(folder, goMod.Go, version));
  await resolve(generated, ['.'], tools);
  for (const name of ['go.mod', 'go.sum']) await cp(join(generated, name), join(folder, name));
}

async function requiringParts(folder: string, go: string, version: string): Promise<string> {
  const modules = [{ path: frame, version }, ...await builderModules(folder)];
  return `module plumbline.dev/lock/collector\n\ngo ${go}\n\nrequire (\n${modules.map((one) => `\t${one.path} ${one.version}\n`).join('')})\n`;
}
