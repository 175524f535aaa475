import type { Abilities } from '../clusters/provider.ts';
import type { ProviderSettings } from '../clusters/settings.ts';
import { PlumblineError } from '../errors.ts';
import { buildSource } from './build-source.ts';
import { dockerImages } from './docker-build/source.ts';
import { pulledOnly, pushedFrom } from './nodes.ts';
import { ownImages } from './own-source.ts';
import { registrySource } from './registry-source.ts';
import { namedRegistry, registryReachable } from './registry/reachable.ts';
import type { ImageSource } from './source.ts';

export const imageModes = ['auto', 'registry', 'build'] as const;
export type ImageMode = (typeof imageModes)[number];

export interface ChosenSource {
  readonly source: ImageSource;
  /** Why this one, in a sentence that `doctor` and the plan print as it is. */
  readonly reason: string;
}

/** How a provider's nodes get images. */
export type Nodes = Pick<Abilities, 'pullsImages' | 'imageArchives'>;

/** What the user says of registries. */
export type RegistrySettings = Pick<ProviderSettings, 'registryPrefix' | 'pushTo'>;

/**
 * Chooses where images come from. `auto` takes a registry where one answers and the nodes can pull from it.
 *
 * @throws PlumblineError PL-IMAGES-UNUSABLE where a registry is asked for and the nodes cannot pull; PL-REGISTRY-INVALID
 */
export async function chooseImageSource(mode: ImageMode, nodes: Nodes, settings: RegistrySettings = {}): Promise<ChosenSource> {
  const { pushTo } = settings;
  if (mode === 'registry' && !nodes.pullsImages) throw cannotPull('--images registry', 'Run with `--images build`, or leave --images out.');
  if (pushTo !== undefined && !nodes.pullsImages) throw cannotPull('--push-to', 'Leave --push-to out: these nodes are given what is built here.');
  const { source, reason } = await maker(mode, nodes, settings);
  if (pushTo !== undefined) return { source: pushedFrom(source, pushTo), reason: `${reason}; what is built here is pushed to ${pushTo}` };
  if (nodes.imageArchives) return { source, reason };
  return { source: pulledOnly(source), reason: `${reason}; what is built here does not reach the nodes without --push-to` };
}

async function maker(mode: ImageMode, nodes: Nodes, { registryPrefix: prefix }: RegistrySettings): Promise<ChosenSource> {
  if (mode === 'build') return { source: buildSource(), reason: 'asked for: images are built here from locked modules and packages' };
  const own = ownImages(dockerImages({ prefix }));
  if (mode === 'registry') return { source: registrySource({ prefix, own }), reason: 'asked for: official images come from their registry, and only what has none is built here' };
  // Not asked where the answer could change nothing.
  if (!nodes.pullsImages) return { source: buildSource(), reason: 'the nodes take image archives only, so images are built here from locked modules and packages' };
  const { reachable, reason } = await registryReachable(namedRegistry(prefix));
  return reachable
    ? { source: registrySource({ prefix, own, makesMissing: true }), reason: `a registry answers (${reason}) and the nodes pull by themselves; what it does not have is built here` }
    : { source: buildSource(), reason: `no registry answers (${reason}), so images are built here from locked modules and packages` };
}

function cannotPull(asked: string, next: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-IMAGES-UNUSABLE', kind: 'usage', expected: 'an image source that the nodes can use', seen: `${asked} with a provider whose nodes take archives only`, next,
  });
}
