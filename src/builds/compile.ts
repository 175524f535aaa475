import { join } from 'node:path';
import type { Step } from '../run/context.ts';
import { progressOf } from './progress.ts';
import type { GoBuild } from './recipe.ts';
import { buildFlags, linkerFlags, prepareSource, type GoTools } from './source.ts';
import { runTool } from './tool.ts';

/**
 * Compiles a build in a scratch folder and answers the binary's path there.
 *
 * @throws ToolFailure with the compiler's last lines
 */
export async function compile(build: GoBuild, scratch: string, tools: Omit<GoTools, 'onLine'>, step: Pick<Step, 'note'>): Promise<string> {
  const fetching = progressOf(undefined, undefined, (text) => step.note(text));
  const cwd = await prepareSource(build, scratch, { ...tools, onLine: fetching });
  const target = build.generator === 'ocb' ? '.' : build.package;
  const { outdated, main } = await packagesOf(cwd, target, { ...tools, onLine: fetching });
  const output = join(scratch, 'binary');
  await runTool(['go', 'build', '-v', ...buildFlags, '-ldflags', linkerArguments(build), '-o', output, target], {
    ...tools,
    cwd,
    onLine: progressOf(outdated, main, (text) => step.note(text)),
  });
  return output;
}

/** How many packages the build cache lacks, and the main package's import path. Downloads the modules that are missing. */
async function packagesOf(cwd: string, target: string, tools: GoTools): Promise<{ outdated: number; main: string | undefined }> {
  const format = '{{.ImportPath}} {{.Stale}}';
  const list = await runTool(['go', 'list', ...buildFlags, '-deps', '-f', format, target], { ...tools, cwd });
  const packages = list.split('\n').filter((line) => line !== '').map((line) => line.split(' '));
  const outdated = packages.filter(([, stale]) => stale === 'true').length;
  return { outdated, main: packages.at(-1)?.[0] };
}

function linkerArguments(build: GoBuild): string {
  const variables = Object.entries(build.linkerVariables ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return [...linkerFlags, ...variables.map(([name, value]) => `-X ${name}=${value}`)].join(' ');
}
