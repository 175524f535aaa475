import { keptModuleFiles, moduleFiles } from '../builds/module-files.ts';
import type { FilesOf } from '../builds/module-files.ts';
import { toolchain } from '../builds/toolchain.ts';
import type { RunContext, Step } from '../run/context.ts';
import { dockerModuleFiles, moduleFilesObstacle } from './docker-build/module-files.ts';
import { isTreeImage } from './source.ts';
import type { ImageRecipe } from './source.ts';

/** What a release brings for whoever deploys it, where its image comes from a registry: with this machine's Go, else by a Docker engine. */
export class ReleaseFiles {
  readonly #prefix: string | undefined;

  constructor(prefix: string | undefined) {
    this.#prefix = prefix;
  }

  /** Why the files of a recipe cannot be had here; undefined where they can, or there are none. */
  async obstacle(recipe: ImageRecipe): Promise<string | undefined> {
    const build = filesOf(recipe);
    if (build === undefined || (await keptModuleFiles(build)) || (await hasGo())) return undefined;
    const obstacle = await moduleFilesObstacle(this.#prefix);
    return obstacle === undefined ? undefined : `its release's files come from its Go module, and there is no Go here; ${obstacle}`;
  }

  /** The folder with a recipe's files; undefined where there are none. @throws whatever fetching them fails of */
  async provide(recipe: ImageRecipe, run: RunContext, step: Step): Promise<string | undefined> {
    const build = filesOf(recipe);
    if (build === undefined) return undefined;
    const kept = await keptModuleFiles(build);
    if (kept !== undefined) return kept;
    const options = { signal: run.signal, runId: run.id, step };
    return (await hasGo()) ? moduleFiles(build, options) : dockerModuleFiles(build, this.#prefix, options);
  }
}

/** A recipe whose build keeps files that are no part of its image. */
function filesOf(recipe: ImageRecipe): FilesOf | undefined {
  if (isTreeImage(recipe)) return undefined;
  const { home, homeModule } = recipe.build;
  return home === undefined || homeModule === undefined || recipe.homePath !== undefined ? undefined : { ...recipe.build, home, homeModule };
}

function hasGo(): Promise<boolean> {
  return toolchain().then(() => true, () => false);
}
