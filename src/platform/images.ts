import { allocatorImage } from '../components/allocator/image.ts';
import { collectorImage } from '../components/collector/image.ts';
import { mimirImage } from '../components/mimir/image.ts';
import { targetImage } from '../components/target/image.ts';
import type { ImageRecipe } from '../images/source.ts';
import type { PlatformSpec } from './spec.ts';

/**
 * The images that a platform needs, in the order in which a deployment starts them.
 * @throws PlumblineError PL-VERSION-UNKNOWN for a version that cannot be had
 */
export function platformImages(spec: PlatformSpec): readonly ImageRecipe[] {
  return [
    targetImage(),
    ...(spec.allocator ? [allocatorImage(spec.allocator.version)] : []),
    collectorImage(spec.collector.version),
    ...(spec.mimir ? [mimirImage(spec.mimir.version)] : []),
  ];
}

/** Key of an image among the ones that a run has: `collector 0.131.0`. */
export function imageKey(image: { component: string; version: string }): string {
  return `${image.component} ${image.version}`;
}
