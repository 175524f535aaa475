import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GoTools } from '../source.ts';
import { runTool } from '../tool.ts';
import { publishedModule } from './go-mod.ts';
import type { GoMod, PublishedModule } from './go-mod.ts';

/** What a lock of one module is made for. */
export interface LockedPackages {
  /** Of the lock: its module is `plumbline.dev/lock/<name>`. */
  readonly name: string;
  readonly module: string;
  /** With its leading v. */
  readonly version: string;
  /** Import paths of the programs that are built from it. */
  readonly packages: readonly string[];
}

/**
 * Writes go.mod and go.sum into a folder: a module that requires one other, carries its replace lines over, and names the packages
 * to build as tools. Resolves only what these packages import.
 *
 * @throws ToolFailure where something cannot be had
 */
export async function lockModule(folder: string, { name, module, version, packages }: LockedPackages, tools: GoTools): Promise<PublishedModule> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'go.mod'), goModHead(name));
  const published = await publishedModule(module, version, folder, tools);
  const tool = packages.map((path) => `-tool=${path}`);
  await runTool(['go', 'mod', 'edit', ...editsOf(published.goMod, module, version), `-require=${module}@${version}`, ...tool], { ...tools, cwd: folder });
  await resolve(folder, packages, tools);
  return published;
}

/** Completes go.mod and go.sum for what these packages import, and makes sure that nothing more is asked for with them. */
export async function resolve(cwd: string, packages: readonly string[], tools: GoTools): Promise<void> {
  for (const mode of ['-mod=mod', '-mod=readonly']) await runTool(['go', 'list', mode, '-deps', ...packages], { ...tools, cwd });
}

/** A module that is built itself, in a copy that wire adds to: its own checksums, and the lock of wire. */
export async function lockWired(folder: string, { name, module, version }: Omit<LockedPackages, 'packages'>, wireVersion: string, tools: GoTools): Promise<void> {
  await mkdir(folder, { recursive: true });
  const { goMod, Sum, GoModSum } = await publishedModule(module, version, folder, tools);
  await writeFile(join(folder, 'go.mod'), `${goModHead(name)}\ngo ${goMod.Go}\n\nrequire ${module} ${version}\n`);
  await writeFile(join(folder, 'go.sum'), `${module} ${version} ${Sum}\n${module} ${version}/go.mod ${GoModSum}\n`);
  const wire = 'github.com/google/wire';
  await lockModule(join(folder, 'wire'), { name: 'wire', module: wire, version: wireVersion, packages: [`${wire}/cmd/wire`] }, tools);
}

function goModHead(name: string): string {
  return `module plumbline.dev/lock/${name}\n`;
}

/** A module's replace lines only count in its own builds: they are facts of its version, so its lock repeats them. */
export function editsOf({ Go, Replace, Exclude }: GoMod, module: string, version: string): string[] {
  const replaces = (Replace ?? []).flatMap(({ Old, New }) => {
    const replaced = `-replace=${Old.Path}${Old.Version ? `@${Old.Version}` : ''}`;
    if (New.Version !== undefined) return [`${replaced}=${New.Path}@${New.Version}`];
    // A folder of upstream's repository, which this module does not contain. A version that was never published stands for one that is
    // published beside the module, with its version.
    return Old.Version !== undefined && Old.Path.startsWith(`${module}/`) ? [`${replaced}=${Old.Path}@${version}`] : [];
  });
  return [
    `-go=${Go}`, ...replaces,
    ...(Exclude ?? []).map(({ Path, Version }) => `-exclude=${Path}@${Version}`),
  ];
}
