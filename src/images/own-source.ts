import { buildSource } from './build-source.ts';
import type { ImageArchive, ImageAvailability, ImageMaker, ImageRecipe } from './source.ts';

/**
 * Makes images on this machine in the first way that it has for each: from what is locked with the tools that are here, else by a Docker
 * engine that brings its own.
 */
export function ownImages(docker: ImageMaker): ImageMaker {
  const build = buildSource();

  async function chosen(recipe: ImageRecipe): Promise<{ maker: ImageMaker; state: ImageAvailability }> {
    const built = await builtHere(recipe);
    if (built.state !== 'unavailable') return { maker: build, state: built };
    const state = await docker.check(recipe);
    if (state.state !== 'unavailable') return { maker: docker, state };
    return { maker: build, state: { ...built, reason: `${built.reason}; ${state.reason}` } };
  }

  async function builtHere(recipe: ImageRecipe): Promise<ImageAvailability<ImageArchive>> {
    if (recipe.build.unlocked) return { state: 'unavailable', reason: recipe.build.unlocked.problem.seen };
    return build.check(recipe);
  }

  return {
    check: async (recipe) => (await chosen(recipe)).state,
    provide: async (recipe, context, step) => (await chosen(recipe)).maker.provide(recipe, context, step),
  };
}
