import { dirname } from 'node:path';
import { binaryCacheState, buildBinary, type BuildOptions } from '../builds/binary.ts';
import { homeDir } from '../builds/folders.ts';
import { toolchain } from '../builds/toolchain.ts';
import { buildTree } from '../builds/tree/build.ts';
import { imageArch } from '../builds/tree/key.ts';
import type { ArchiveContent, TreeArchiveContent } from './archive.ts';
import { isTreeImage, type BinaryImage, type ImageArchive, type ImageRecipe } from './source.ts';

/** What goes into an image's archive, built or from the cache, and what its build keeps beside the image. */
export interface ImageContent extends Pick<ImageArchive, 'files'> {
  readonly archive: Omit<ArchiveContent, 'reference'> | Omit<TreeArchiveContent, 'reference'>;
}

/** @throws whatever the build fails of */
export async function imageContent(recipe: ImageRecipe, options: BuildOptions): Promise<ImageContent> {
  const { entrypoint, user } = recipe;
  if (isTreeImage(recipe)) {
    const { root } = await buildTree(recipe.build, options);
    return { archive: { tree: root, entrypoint, user, args: recipe.args, env: recipe.env, workingDir: recipe.workingDir, arch: imageArch() } };
  }
  const built = await buildBinary(recipe.build, options);
  const home = recipe.homePath === undefined ? undefined : { from: built.home, to: recipe.homePath };
  const files = hasFiles(recipe) ? { files: built.home } : {};
  return { archive: { binary: built.path, entrypoint, user, home, arch: (await toolchain()).arch }, ...files };
}

/** What of a recipe makes another image of the same build. */
export function imageSettings(recipe: ImageRecipe): readonly unknown[] {
  const common = [recipe.component, recipe.version, recipe.entrypoint, recipe.user ?? null];
  if (isTreeImage(recipe)) return [...common, recipe.args ?? [], recipe.env ?? {}, recipe.workingDir ?? '/'];
  return recipe.homePath ? [...common, recipe.homePath] : common;
}

/** Whether the build keeps files that are no part of the image: they are for whoever deploys it. */
function hasFiles({ build, homePath }: BinaryImage): boolean {
  return build.home !== undefined && homePath === undefined;
}

/** Those files, as part of the archive; throws where the binary that they lie beside is gone from the cache. */
export async function filesOf(recipe: ImageRecipe): Promise<Pick<ImageArchive, 'files'>> {
  if (isTreeImage(recipe) || !hasFiles(recipe)) return {};
  const { cached, path } = await binaryCacheState(recipe.build);
  if (!cached) throw new Error(`no ${path}`);
  return { files: homeDir(dirname(path)) };
}
