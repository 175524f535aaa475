import { PlumblineError } from '../errors.ts';
import type { RunContext, Step } from '../run/context.ts';
import { OfficialImages } from './registry/official.ts';
import type { Missing } from './registry/official.ts';
import { ReleaseFiles } from './release-files.ts';
import type { Image, ImageAvailability, ImageMaker, ImageRecipe, ImageSource, PulledImage } from './source.ts';

export interface RegistrySettings {
  /** As in `--registry-prefix`. */
  readonly prefix?: string | undefined;
  /** Makes what has no official image. */
  readonly own?: ImageMaker | undefined;
  /** `own` makes what the registry does not have, too. */
  readonly makesMissing?: boolean;
}

/**
 * Official images from a registry, by version. The nodes pull them, and the digest that the tag leads to now is part of their reference:
 * what is judged is what was asked for. Each is asked for once, however often the plan wants to know.
 *
 * @throws PlumblineError PL-REGISTRY-INVALID
 */
export function registrySource(settings: RegistrySettings = {}): ImageSource {
  const official = new OfficialImages(settings.prefix);
  const files = new ReleaseFiles(settings.prefix);
  const { own } = settings;
  const mine = (recipe: ImageRecipe): ImageMaker | undefined => (recipe.registryImage === undefined ? own : undefined);

  async function check(recipe: ImageRecipe): Promise<ImageAvailability> {
    if (recipe.registryImage === undefined) return own?.check(recipe) ?? { state: 'unavailable', reason: noOfficial(recipe) };
    const found = await official.look(recipe);
    if (found.state === 'found') return pulled(recipe);
    return (await makeMissing(recipe)) ?? unavailable(found);
  }

  async function pulled(recipe: ImageRecipe): Promise<ImageAvailability> {
    const obstacle = await files.obstacle(recipe);
    return obstacle === undefined ? { state: 'available', usualMs: 0, pulled: true } : { state: 'unavailable', reason: obstacle };
  }

  /** What `own` says of an image that the registry does not have; undefined where it does not make it either. */
  async function makeMissing(recipe: ImageRecipe): Promise<ImageAvailability | undefined> {
    if (own === undefined || !settings.makesMissing) return undefined;
    const made = await own.check(recipe);
    return made.state === 'unavailable' ? undefined : made;
  }

  async function provide(recipe: ImageRecipe, context: RunContext, step: Step): Promise<Image> {
    const maker = mine(recipe);
    if (maker) return maker.provide(recipe, context, step);
    const found = await official.look(recipe);
    if (found.state === 'found') return withFiles(found.image, await files.provide(recipe, context, step));
    if (own && (await makeMissing(recipe))) return own.provide(recipe, context, step);
    throw cannotBeHad(recipe, found.reason);
  }

  return { name: 'registry', check, provide };
}

function withFiles(image: PulledImage, files: string | undefined): PulledImage {
  return files === undefined ? image : { ...image, files };
}

function unavailable({ reason, nearest }: Missing): ImageAvailability {
  return { state: 'unavailable', reason, ...(nearest === undefined ? {} : { nearest }) };
}

function noOfficial({ component, version }: ImageRecipe): string {
  return `${component} ${version} has no official image`;
}

function cannotBeHad({ component, version }: ImageRecipe, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-IMAGE-UNAVAILABLE', kind: 'environment', expected: `the official image of ${component} ${version}`, seen, next: '`plumbline doctor` says which image sources can be used here.',
  });
}
