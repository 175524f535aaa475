/** The apps' images as they were built, before anything was injected. */
import { ordersImage, storefrontImage } from '../src/components/apps/images.ts';
import { buildSource } from '../src/images/build-source.ts';
import { mentionsIn } from '../src/images/mentions.ts';
import type { AppName } from './apps.ts';

export interface AppImage {
  readonly app: AppName;
  /** `sha256:…` of the image's configuration: what a node's runtime reports as image id. */
  readonly digest: string;
  /** How often any of its files, or a name in a jar of it, says OpenTelemetry. */
  readonly mentions: number;
}

/** @throws Error where an image is not in this machine's cache, e.g. because a cluster pulled it */
export async function appImages(): Promise<readonly AppImage[]> {
  const recipes = { storefront: storefrontImage(), orders: ordersImage() } as const;
  return Promise.all(Object.entries(recipes).map(async ([app, recipe]) => {
    const found = await buildSource().check(recipe);
    if (found.state !== 'cached') throw new Error(`the image of ${app} is not in the cache`);
    return { app: app as AppName, digest: found.archive.digest, mentions: await mentionsIn(found.archive.path, 'opentelemetry') };
  }));
}
