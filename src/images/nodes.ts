import { RegistryClient } from './registry/client.ts';
import { registryPlace } from './registry/place.ts';
import { pushArchive } from './registry/push.ts';
import { registryReachable } from './registry/reachable.ts';
import { isArchive } from './source.ts';
import type { Image, ImageAvailability, ImageRecipe, ImageSource } from './source.ts';

/** How what is made here gets onto nodes: they take archives, pull it from where it was pushed to, or not at all. */

/**
 * A source whose archives are pushed to a registry, from where the nodes pull them.
 *
 * @param pushTo as in `--push-to`
 * @throws PlumblineError PL-REGISTRY-INVALID
 */
export function pushedFrom(source: ImageSource, pushTo: string): ImageSource {
  const client = new RegistryClient(registryPlace(pushTo, '--push-to'));
  let asked: ReturnType<typeof registryReachable> | undefined;
  return {
    name: source.name,
    check: async (recipe) => {
      const state = await source.check(recipe);
      if (!isMadeHere(state)) return state;
      asked ??= registryReachable(client.place);
      const { reachable, reason } = await asked;
      return reachable ? state : { state: 'unavailable', reason: `it cannot be pushed: ${reason}` };
    },
    provide: async (recipe, context, step): Promise<Image> => {
      const image = await source.provide(recipe, context, step);
      if (!isArchive(image)) return image;
      step.note(`pushing to ${client.place.host}`);
      return pushArchive(client, image, context.signal);
    },
  };
}

/** A source for nodes that take no archives: what it makes here has no way to them, and the plan is to know. */
export function pulledOnly(source: ImageSource): ImageSource {
  const check = async (recipe: ImageRecipe): Promise<ImageAvailability> => {
    const state = await source.check(recipe);
    if (isMadeHere(state)) return { state: 'unavailable', reason: `${recipe.registryImage === undefined ? 'it has no official image' : 'it is built here'}, and ${noWay}`, outOfReach: true };
    // A version with a lock is one that could be judged elsewhere; one without is a version that somebody chose, and chose wrong.
    if (state.state === 'unavailable' && recipe.build.unlocked === undefined) return { ...state, reason: `${state.reason}, and ${noWay}`, outOfReach: true };
    return state;
  };
  return { name: source.name, check, provide: (recipe, context, step) => source.provide(recipe, context, step) };
}

const noWay = 'the nodes take no images from this machine: name a registry that they pull from with --push-to';

function isMadeHere(state: ImageAvailability): boolean {
  return state.state === 'cached' || (state.state === 'available' && !state.pulled);
}
