import { PlumblineError, lastCause } from '../../errors.ts';
import { referenceIn, registryPlace } from '../../images/registry/place.ts';
import type { ProviderSettings } from '../settings.ts';
import { within } from './engine.ts';
import type { Engine } from './engine.ts';

/** The official image of the Kubernetes version that the embedded clusters have too. */
const official = 'rancher/k3s:v1.33.4-k3s1';

/**
 * The image of the nodes: the one that the user names, else the official one, behind the user's mirror where there is one.
 * @throws PlumblineError PL-REGISTRY-INVALID
 */
export function nodeImage({ k3sImage, registryPrefix }: ProviderSettings): string {
  if (k3sImage !== undefined) return k3sImage;
  return registryPrefix === undefined ? official : referenceIn(registryPlace(registryPrefix, '--registry-prefix'), official);
}

/** Whether an engine has an image. */
export async function hasImage({ container }: Engine, image: string): Promise<boolean> {
  return container.dockerode.getImage(image).inspect().then(() => true, () => false);
}

/** Why an engine can neither use an image at once nor pull it; undefined where it can. Asks its registry, and pulls nothing. */
export async function imageObstacle(engine: Engine, image: string): Promise<string | undefined> {
  if (await hasImage(engine, image)) return undefined;
  try {
    await within(engine.container.dockerode.getImage(image).distribution(), 'no answer in time');
    return undefined;
  } catch (thrown) {
    return `The image ${image} is neither on the Docker engine nor can it be pulled (${lastCause(thrown)}): load it, name another with --k3s-image, or a mirror with --registry-prefix.`;
  }
}

/** Pulls an image onto the engine. @throws PlumblineError PL-IMAGE-UNAVAILABLE with the registry's own words */
export async function pullImage(engine: Engine, image: string): Promise<void> {
  try {
    const { ImageName } = await import('testcontainers');
    await engine.image.pull(ImageName.fromString(image));
  } catch (cause) {
    throw new PlumblineError({
      code: 'PL-IMAGE-UNAVAILABLE', kind: 'environment', expected: `the Docker engine to pull ${image}`, seen: lastCause(cause),
      next: 'load it onto the engine, name another with --k3s-image, or a mirror with --registry-prefix', cause,
    });
  }
}
