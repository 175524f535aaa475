import { PlumblineError } from '../errors.ts';
import { buildSource } from './build-source.ts';
import { registryReachable, registrySource } from './registry-source.ts';
import type { ImageSource } from './source.ts';

export const imageModes = ['auto', 'registry', 'build'] as const;
export type ImageMode = (typeof imageModes)[number];

export interface ChosenSource {
  readonly source: ImageSource;
  /** Why this one, in a sentence that `doctor` and the plan print as it is. */
  readonly reason: string;
}

/**
 * Chooses where images come from. `auto` takes a registry where one answers and the cluster can pull from it.
 *
 * @throws PlumblineError PL-IMAGES-UNUSABLE where a registry is asked for and the cluster cannot pull
 * @param clusterPulls whether the provider's nodes pull images by themselves; the embedded ones take archives only
 */
export async function chooseImageSource(mode: ImageMode, clusterPulls = false): Promise<ChosenSource> {
  if (mode === 'build') return { source: buildSource(), reason: 'asked for: images are built here from locked modules and packages' };
  if (mode === 'registry' && !clusterPulls) throw cannotPull();
  if (mode === 'registry') return { source: registrySource(), reason: 'asked for: images come from their registries' };
  // Not asked where the answer could change nothing.
  if (!clusterPulls) return { source: buildSource(), reason: 'the cluster takes image archives only, so images are built here from locked modules and packages' };
  const { reachable, reason } = await registryReachable();
  return reachable
    ? { source: registrySource(), reason: `a registry answers (${reason}) and the cluster pulls by itself` }
    : { source: buildSource(), reason: `no registry answers (${reason}), so images are built here from locked modules and packages` };
}

function cannotPull(): PlumblineError {
  return new PlumblineError({
    code: 'PL-IMAGES-UNUSABLE', kind: 'usage', expected: 'an image source that the cluster can use',
    seen: '--images registry with a provider whose nodes take archives only', next: 'Run with `--images build`, or leave --images out.',
  });
}
