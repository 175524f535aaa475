import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import type { Step } from '../run/context.ts';
import { progressOf } from './progress.ts';
import type { GoBuild } from './recipe.ts';
import { flagsOf, linkerFlags, moduleFolder, prepareSource, type GoTools } from './source.ts';
import { runTool } from './tool.ts';

export interface Compiled {
  readonly binary: string;
  /** Folder with the build's `home`, where it has one. */
  readonly home: string | undefined;
}

/**
 * Compiles a build in a scratch folder and answers where its results are there.
 *
 * @throws ToolFailure with the compiler's last lines
 */
export async function compile(build: GoBuild, scratch: string, tools: Omit<GoTools, 'onLine'>, step: Pick<Step, 'note'>): Promise<Compiled> {
  const fetching = progressOf(undefined, undefined, (text) => step.note(text));
  const cwd = await prepareSource(build, scratch, { ...tools, onLine: fetching });
  const flags = flagsOf(build);
  const target = build.generator === 'ocb' ? '.' : build.package;
  const { outdated, main } = await packagesOf(cwd, target, flags, { ...tools, onLine: fetching });
  const output = join(scratch, 'binary');
  await runTool(['go', 'build', '-v', ...flags, '-ldflags', linkerArguments(build), '-o', output, target], {
    ...tools,
    cwd,
    onLine: progressOf(outdated, main, (text) => step.note(text)),
  });
  const homeTools = { ...tools, onLine: fetching };
  return { binary: output, home: await homeOf(build, cwd, join(scratch, 'home'), homeTools) };
}

/** Copies what is kept beside the binary; undefined where that is nothing. */
async function homeOf(build: GoBuild, compiled: string, folder: string, tools: GoTools): Promise<string | undefined> {
  if (!build.home) return undefined;
  const module = build.homeModule === undefined ? compiled : await moduleFolder(compiled, build.homeModule, tools);
  for (const path of build.home) await cp(join(module, path), join(folder, path), { recursive: true });
  // The module cache is read-only, and a copy with it: nobody could remove it again.
  if (build.homeModule !== undefined) await runTool(['chmod', '-R', 'u+w', folder], { ...tools, cwd: compiled });
  return folder;
}

/** How many packages the build cache lacks, and the main package's import path. Downloads the modules that are missing. */
async function packagesOf(cwd: string, target: string, flags: readonly string[], tools: GoTools): Promise<{ outdated: number; main: string | undefined }> {
  const format = '{{.ImportPath}} {{.Stale}}';
  const list = await runTool(['go', 'list', ...flags, '-deps', '-f', format, target], { ...tools, cwd });
  const packages = list.split('\n').filter((line) => line !== '').map((line) => line.split(' '));
  const outdated = packages.filter(([, stale]) => stale === 'true').length;
  return { outdated, main: packages.at(-1)?.[0] };
}

function linkerArguments(build: GoBuild): string {
  const variables = Object.entries(build.linkerVariables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const staticLink = build.cgo ? ['-linkmode external', '-extldflags "-static"'] : [];
  return [...linkerFlags, ...staticLink, ...variables.map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}
