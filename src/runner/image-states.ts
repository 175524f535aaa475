import type { ImageRecipe, ImageSource, Unavailable } from '../images/source.ts';
import { imageKey, versionSetting } from '../platform/images.ts';
import type { PlannedStep } from '../reports/plan.ts';

/** Asks the source once about each image. */
export class ImageStates {
  readonly #source: ImageSource;
  readonly #asked = new Map<string, ReturnType<ImageSource['check']>>();

  constructor(source: ImageSource) {
    this.#source = source;
  }

  of(recipe: ImageRecipe): ReturnType<ImageSource['check']> {
    const asked = this.#asked.get(imageKey(recipe)) ?? this.#source.check(recipe);
    this.#asked.set(imageKey(recipe), asked);
    return asked;
  }

  /** Milliseconds until these images are there, one after the other. */
  async missingMs(images: readonly ImageRecipe[]): Promise<number> {
    const states = await Promise.all(images.map((image) => this.of(image)));
    return states.reduce((sum, state) => sum + (state.state === 'available' ? state.usualMs : 0), 0);
  }

  /** Why a claim that needs these images cannot have them from this provider's nodes; undefined where nothing of that kind is in its way. */
  async outOfReach(images: readonly ImageRecipe[]): Promise<string | undefined> {
    const missing = (await this.#unavailable(images)).filter(({ state }) => state.outOfReach);
    const [first] = missing;
    if (first === undefined) return undefined;
    return `needs ${missing.map(({ image }) => imageKey(image)).join(', ')}; of ${imageKey(first.image)}: ${withSetting(first)}`;
  }

  async problems(images: readonly ImageRecipe[]): Promise<readonly ImageProblem[]> {
    return (await this.#unavailable(images)).map((one) => {
      const set = suggestion(one);
      return { text: `${imageKey(one.image)} cannot be had: ${withSetting(one)}`, ...(set === undefined ? {} : { set }) };
    });
  }

  async #unavailable(images: readonly ImageRecipe[]): Promise<readonly Missing[]> {
    const states = await Promise.all(images.map(async (image) => ({ image, state: await this.of(image) })));
    return states.flatMap(({ image, state }) => (state.state === 'unavailable' ? [{ image, state }] : []));
  }
}

/** An image that stands in the way of a run. */
export interface ImageProblem {
  readonly text: string;
  /** What chooses a version that can be had: `--set mimir.version=3.0.1`. */
  readonly set?: string;
}

interface Missing {
  readonly image: ImageRecipe;
  readonly state: Unavailable;
}

function withSetting(missing: Missing): string {
  const set = suggestion(missing);
  return set === undefined ? missing.state.reason : `${missing.state.reason} (${set})`;
}

function suggestion({ image, state: { nearest } }: Missing): string | undefined {
  const setting = versionSetting(image.component);
  return setting === undefined || nearest === undefined ? undefined : `--set ${setting}=${nearest}`;
}

/** What the plan says of each image: cached, or how long it usually takes. */
export async function imageSteps(images: readonly ImageRecipe[], states: ImageStates): Promise<readonly PlannedStep[]> {
  return Promise.all(images.map(async (image) => {
    const state = await states.of(image);
    return { phase: 'images' as const, name: imageKey(image), cached: state.state === 'cached', ...(state.state === 'available' ? { usualMs: state.usualMs } : {}) };
  }));
}
