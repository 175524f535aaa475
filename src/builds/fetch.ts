import { binaryCacheState, type BuildOptions } from './binary.ts';
import { goCacheDir, withScratch } from './folders.ts';
import { withGoCache } from './go-cache.ts';
import type { GoBuild } from './recipe.ts';
import { buildFlags, prepareSource } from './source.ts';
import { runTool } from './tool.ts';
import { goEnvironment } from './toolchain.ts';

/**
 * Downloads the modules of a build that is not in the cache, without compiling it: done while another build compiles,
 * it costs no time of its own. Only what the build imports is fetched, a fraction of what its go.mod names.
 *
 * @throws ToolFailure; whoever builds later meets the same failure and explains it
 */
export async function fetchModules(build: GoBuild, options: Omit<BuildOptions, 'step'>): Promise<void> {
  if ((await binaryCacheState(build)).cached) return;
  const silent = { ...options, step: { note: () => undefined } };
  await withScratch(build.name, (scratch) =>
    withGoCache(silent, async () => {
      const env = goEnvironment({ goCache: goCacheDir(), temp: scratch }, options.runId);
      const tools = { env, signal: options.signal, onLine: () => undefined };
      const cwd = await prepareSource(build, scratch, tools);
      const target = build.generator === 'ocb' ? '.' : build.package;
      await runTool(['go', 'list', ...buildFlags, '-deps', target], { ...tools, cwd });
    }),
  );
}
