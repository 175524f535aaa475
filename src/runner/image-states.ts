import type { ImageRecipe, ImageSource } from '../images/source.ts';
import { imageKey } from '../platform/images.ts';
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

  async problems(images: readonly ImageRecipe[]): Promise<readonly string[]> {
    const states = await Promise.all(images.map(async (image) => ({ image, state: await this.of(image) })));
    return states.flatMap(({ image, state }) => (state.state === 'unavailable' ? [`${imageKey(image)} cannot be had: ${state.reason}`] : []));
  }
}

/** What the plan says of each image: cached, or how long it usually takes. */
export async function imageSteps(images: readonly ImageRecipe[], states: ImageStates): Promise<readonly PlannedStep[]> {
  return Promise.all(images.map(async (image) => {
    const state = await states.of(image);
    return { phase: 'images' as const, name: imageKey(image), cached: state.state === 'cached', ...(state.state === 'available' ? { usualMs: state.usualMs } : {}) };
  }));
}
