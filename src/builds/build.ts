import { checkAvailable } from './available.ts';
import { binaryCacheState, type BuildOptions } from './binary.ts';
import { fetchModules } from './fetch.ts';
import { buildKey } from './key.ts';
import { isTree, type Build } from './recipe.ts';
import { toolchain } from './toolchain.ts';
import { checkTree } from './tree/available.ts';
import { treeCacheState } from './tree/build.ts';
import { treeKey } from './tree/key.ts';
import { ensureTools } from './tree/tools.ts';

/** What is asked of a build of either kind. */

/** 64 hex digits. @throws PlumblineError PL-GO-MISSING, PL-TOOL-MISSING, because keys depend on the tools */
export async function keyOf(build: Build): Promise<string> {
  return isTree(build) ? treeKey(build) : buildKey(build, await toolchain());
}

/** Changes nothing. `usualMs`: how long it took before on this machine, else the recipe's own estimate. @throws PlumblineError PL-GO-MISSING */
export async function buildState(build: Build): Promise<{ readonly cached: boolean; readonly usualMs: number }> {
  return isTree(build) ? treeCacheState(build) : binaryCacheState(build);
}

/** Why a build cannot succeed here, in one line; undefined where nothing stands in its way. */
export async function checkBuild(build: Build): Promise<string | undefined> {
  return isTree(build) ? checkTree(build) : checkAvailable(build);
}

/** Installs what is needed to know a build's key. @throws PlumblineError PL-TOOL-MISSING */
export async function prepareBuild(build: Build, options: BuildOptions): Promise<void> {
  if (isTree(build)) await ensureTools(build, { signal: options.signal, note: (text) => options.step.note(text) });
}

/** Downloads what a build needs while another is under way. npm and Maven have no such step: what they fetch, they also lay. */
export async function fetchBuild(build: Build, options: Omit<BuildOptions, 'step'>): Promise<void> {
  if (!isTree(build)) await fetchModules(build, options);
}
