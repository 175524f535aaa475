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
 * @param clusterPulls whether the provider's nodes pull images by themselves; the embedded ones take archives only
 */
export async function chooseImageSource(mode: ImageMode, clusterPulls = false): Promise<ChosenSource> {
  if (mode === 'build') return { source: buildSource(), reason: 'asked for: images are built here from locked Go modules' };
  if (mode === 'registry') return { source: registrySource(), reason: 'asked for: images come from their registries' };
  // Not asked where the answer could change nothing.
  if (!clusterPulls) return { source: buildSource(), reason: 'the cluster takes image archives only, so images are built here from locked Go modules' };
  const { reachable, reason } = await registryReachable();
  return reachable
    ? { source: registrySource(), reason: `a registry answers (${reason}) and the cluster pulls by itself` }
    : { source: buildSource(), reason: `no registry answers (${reason}), so images are built here from locked Go modules` };
}
