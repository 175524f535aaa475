import { binaryCacheState, type BuildOptions } from './binary.ts';
import { goCacheDir, withScratch } from './folders.ts';
import { withGoCache } from './go-cache.ts';
import type { GoBuild } from './recipe.ts';
import { flagsOf, moduleFolder, prepareSource } from './source.ts';
import type { GoTools } from './source.ts';
import { runTool } from './tool.ts';
import { goEnvironment } from './toolchain.ts';

/** The module whose imports are fetched. Injectors import nothing that their package does not, so wire need not write them for this. */
function sourceToList(build: GoBuild, scratch: string, tools: GoTools): Promise<string> {
  return typeof build.generator === 'object' ? moduleFolder(build.lockDir, build.generator.module, tools) : prepareSource(build, scratch, tools);
}

/**
 * Downloads the modules of a build that is not in the cache, without compiling it: done while another build compiles,
 * it costs no time of its own. Only what the build imports is fetched, a fraction of what its go.mod names.
 *
 * @throws ToolFailure; whoever builds later meets the same failure and explains it
 */
export async function fetchModules(build: GoBuild, options: Omit<BuildOptions, 'step'>): Promise<void> {
  if (!(await binaryCacheState(build)).cached) await downloadModules(build, options);
}

/** The same, whatever the cache has; everything is verified against the lock, and nothing beyond it is resolved. @throws ToolFailure */
export async function downloadModules(build: GoBuild, options: Omit<BuildOptions, 'step'>): Promise<void> {
  const silent = { ...options, step: { note: () => undefined } };
  await withScratch(build.name, (scratch) =>
    withGoCache(silent, async () => {
      const env = goEnvironment({ goCache: goCacheDir(), temp: scratch }, options.runId, build.cgo);
      const tools = { env, signal: options.signal, onLine: () => undefined };
      const cwd = await sourceToList(build, scratch, tools);
      const target = build.generator === 'ocb' ? '.' : build.package;
      await runTool(['go', 'list', ...flagsOf(build), '-deps', target], { ...tools, cwd });
    }),
  );
}
