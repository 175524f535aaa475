import { isTree, type GoBuild, type TreeBuild } from '../builds/recipe.ts';
import type { RunContext, Step } from '../run/context.ts';

/** Where an image was made: by whom it is official, here, or by a Docker engine. */
export type ImageOrigin = 'registry' | 'build' | 'docker';

/** Where a component's image comes from: a registry, or built here from what is locked. */
export interface ImageSource extends ImageMaker {
  readonly name: 'registry' | 'build';
}

/** Whoever can say whether an image can be had, and see to it. */
export interface ImageMaker {
  /** Changes nothing and takes seconds at most: the plan asks this of every image before a cluster is made. */
  check(recipe: ImageRecipe): Promise<ImageAvailability>;
  /** Builds the image unless the cache has it, or finds it in its registry for the nodes to pull. */
  provide(recipe: ImageRecipe, context: RunContext, step: Step): Promise<Image>;
}

export type ImageAvailability<Cached = Image> =
  | { readonly state: 'cached'; readonly archive: Cached }
  /** `usualMs`: how long it took before on this machine, else the recipe's own estimate. */
  /** `pulled`: by the nodes themselves, so that nothing is made here. */
  | { readonly state: 'available'; readonly usualMs: number; readonly pulled?: true }
  | Unavailable;

export interface Unavailable {
  readonly state: 'unavailable';
  readonly reason: string;
  /** The version nearest to the one asked for that could be had from where it was looked for. */
  readonly nearest?: string;
  /** It is the provider's nodes that cannot get it, not the version that is wrong: other claims are none the worse for it. */
  readonly outOfReach?: true;
}

/** What an image is, independent of where it comes from. One a component version. */
export type ImageRecipe = BinaryImage | TreeImage;

interface CommonRecipe {
  /** Component name, e.g. `collector`. */
  readonly component: string;
  /** Upstream's version without a leading v, e.g. `0.131.0`. */
  readonly version: string;
  /** The official image without its registry's host, e.g. `otel/opentelemetry-collector-contrib:0.131.0`; absent where there is none. */
  readonly registryImage?: string;
  /** Folder with a Dockerfile of the same image, for where it has no official one and cannot be built here. */
  readonly dockerContext?: string;
  /** Absolute path of the program that is the image's entry point. */
  readonly entrypoint: string;
  /** Uid the image's process runs as. */
  readonly user?: number;
}

/** One static binary and what it reads. */
export interface BinaryImage extends CommonRecipe {
  readonly build: GoBuild;
  /** The binary's path in the image, e.g. `/otelcol`. */
  readonly entrypoint: string;
  /** Where the build's `home` lies in the image. */
  readonly homePath?: string;
}

/** A root file system put together from parts. */
export interface TreeImage extends CommonRecipe {
  readonly build: TreeBuild;
  /** Arguments that belong to the entry point: a container's own come after them. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Default `/`. */
  readonly workingDir?: string;
}

/** Tells the two kinds apart; the compiler does not, from a field of a field. */
export function isTreeImage(recipe: ImageRecipe): recipe is TreeImage {
  return isTree(recipe.build);
}

/** An image as a cluster gets it. */
export type Image = ImageArchive | PulledImage;

interface CommonImage {
  readonly component: string;
  readonly version: string;
  /** Where it was made; one that was made here may be pushed to a registry and pulled from there. */
  readonly source: ImageOrigin;
  /** Full reference under which the cluster knows it: with its tag, and with its digest where it is pulled. */
  readonly reference: string;
  /** Folder with what its build keeps for whoever deploys it; absent where that is nothing. */
  readonly files?: string;
}

/** An image as a file that `ctr images import` and `docker load` take. */
export interface ImageArchive extends CommonImage {
  readonly path: string;
  /** Of the image's configuration, `sha256:…`: what the node's runtime reports as image id. */
  readonly digest: string;
  readonly sizeBytes: number;
}

/** An image that nodes pull by themselves. */
export interface PulledImage extends CommonImage {
  /** Of its manifest or index in the registry, `sha256:…`. */
  readonly digest: string;
}

export function isArchive(image: Image): image is ImageArchive {
  return 'path' in image;
}
