/** The apps' images as they were made, before anything was injected. */
import { ordersImage, storefrontImage } from '../src/components/apps/images.ts';
import { readArchive } from '../src/images/archive-read.ts';
import { builtBefore } from '../src/images/build-source.ts';
import { dockerBuiltBefore } from '../src/images/docker-build/source.ts';
import { mentionsIn } from '../src/images/mentions.ts';
import { manifestOf } from '../src/images/registry/push.ts';
import type { ImageArchive } from '../src/images/source.ts';
import type { AppName } from './apps.ts';

export interface AppImage {
  readonly app: AppName;
  /** `sha256:…` of the image's configuration, and of its manifest where it was pushed: what a node's runtime reports as image id. */
  readonly digests: readonly string[];
  /** How often any of its files, or a name in a jar of it, says OpenTelemetry. */
  readonly mentions: number;
}

/** Those in this machine's cache: of an app there may be one that was built here and one that a Docker engine built. @throws Error where there is none */
export async function appImages(): Promise<readonly AppImage[]> {
  const recipes = { storefront: storefrontImage(), orders: ordersImage() } as const;
  const all = await Promise.all(Object.entries(recipes).map(async ([app, recipe]) => {
    const archives = [await builtBefore(recipe), await dockerBuiltBefore(recipe)].filter((one) => one !== undefined);
    if (archives.length === 0) throw new Error(`the image of ${app} is not in the cache`);
    return Promise.all(archives.map((archive) => appImage(app as AppName, archive)));
  }));
  return all.flat();
}

async function appImage(app: AppName, { path, digest }: ImageArchive): Promise<AppImage> {
  return { app, digests: [digest, manifestOf(await readArchive(path)).digest], mentions: await mentionsIn(path, 'opentelemetry') };
}
