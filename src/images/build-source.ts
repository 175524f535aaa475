import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { checkAvailable } from '../builds/available.ts';
import { binaryCacheState, buildBinary } from '../builds/binary.ts';
import type { BuiltBinary } from '../builds/binary.ts';
import { homeDir, withScratch } from '../builds/folders.ts';
import { buildKey } from '../builds/key.ts';
import { exclusively } from '../builds/exclusive.ts';
import { toolchain } from '../builds/toolchain.ts';
import type { RunContext, Step } from '../run/context.ts';
import { cacheDir } from '../run/paths.ts';
import { archiveFormat, writeArchive } from './archive.ts';
import type { ImageArchive, ImageAvailability, ImageRecipe, ImageSource } from './source.ts';

/** Images built on this machine from locked Go modules; needs neither a registry nor a container runtime. */
export function buildSource(): ImageSource {
  return { name: 'build', check, provide };
}

const Record = z.object({ digest: z.string(), sizeBytes: z.number() });

/** Host part of references that no registry can serve: nothing pulls such an image by accident. */
const localHost = 'plumbline.local';

export function imagesDir(): string {
  return join(cacheDir(), 'images');
}

/** Where the archive of a recipe is kept, without ending, and the reference it is imported under. */
export async function imagePlace(recipe: ImageRecipe): Promise<{ stem: string; reference: string }> {
  const binary = await buildKey(recipe.build, await toolchain());
  const key = createHash('sha256')
    .update(JSON.stringify([archiveFormat, binary, recipe.component, recipe.version, recipe.entrypoint, recipe.user ?? null, ...(recipe.homePath ? [recipe.homePath] : [])]))
    .digest('hex')
    .slice(0, 12);
  return {
    stem: join(imagesDir(), `${recipe.component}-${recipe.version}-${key}`),
    reference: `${localHost}/${recipe.component}:${recipe.version}-${key}`,
  };
}

async function check(recipe: ImageRecipe): Promise<ImageAvailability> {
  const reason = await unavailableBeforeKey(recipe);
  if (reason) return { state: 'unavailable', reason };
  const archive = await findArchive(recipe);
  if (archive) return { state: 'cached', archive };
  const binary = await binaryCacheState(recipe.build);
  const missing = binary.cached ? undefined : await checkAvailable(recipe.build);
  return missing ? { state: 'unavailable', reason: missing } : { state: 'available', usualMs: binary.cached ? 0 : binary.usualMs };
}

/** Without a toolchain there is no key to look anything up by. */
async function unavailableBeforeKey(recipe: ImageRecipe): Promise<string | undefined> {
  return toolchain().then(
    () => undefined,
    () => checkAvailable(recipe.build),
  );
}

async function provide(recipe: ImageRecipe, context: RunContext, step: Step): Promise<ImageArchive> {
  const options = { signal: context.signal, runId: context.id, step };
  const found = await findArchive(recipe);
  if (found) {
    step.cached();
    return found;
  }
  const binary = await buildBinary(recipe.build, options);
  const { stem } = await imagePlace(recipe);
  const waiting = { ...options, waitingFor: `the image of ${recipe.component} ${recipe.version}` };
  return exclusively(stem, waiting, async () => (await findArchive(recipe)) ?? write(recipe, binary, step));
}

async function write(recipe: ImageRecipe, built: BuiltBinary, step: Step): Promise<ImageArchive> {
  step.note('writing the image archive');
  const { stem, reference } = await imagePlace(recipe);
  const { arch } = await toolchain();
  await mkdir(imagesDir(), { recursive: true });
  return withScratch(recipe.component, async (scratch) => {
    const draft = join(scratch, 'image.tar');
    const home = recipe.homePath === undefined ? undefined : { from: built.home, to: recipe.homePath };
    const { digest, sizeBytes } = await writeArchive({ binary: built.path, entrypoint: recipe.entrypoint, user: recipe.user, home, reference, arch }, draft);
    await writeFile(join(scratch, 'image.json'), `${JSON.stringify({ digest, sizeBytes })}\n`);
    // The record comes last: where it is, the archive is complete.
    await rm(`${stem}.json`, { force: true });
    await rename(draft, `${stem}.tar`);
    await rename(join(scratch, 'image.json'), `${stem}.json`);
    const files = hasFiles(recipe) ? { files: built.home } : {};
    return { component: recipe.component, version: recipe.version, reference, path: `${stem}.tar`, digest, sizeBytes, ...files };
  });
}

/** Whether the build keeps files that are no part of the image: they are for whoever deploys it. */
function hasFiles({ build, homePath }: ImageRecipe): boolean {
  return build.home !== undefined && homePath === undefined;
}

/** Those files, as part of the archive; throws where the binary that they lie beside is gone from the cache. */
async function filesOf(recipe: ImageRecipe): Promise<Pick<ImageArchive, 'files'>> {
  if (!hasFiles(recipe)) return {};
  const { cached, path } = await binaryCacheState(recipe.build);
  if (!cached) throw new Error(`no ${path}`);
  return { files: homeDir(dirname(path)) };
}

/** The recipe's archive where the cache holds it whole; marks it as used, which is what pruning goes by. */
async function findArchive(recipe: ImageRecipe): Promise<ImageArchive | undefined> {
  const { stem, reference } = await imagePlace(recipe);
  const path = `${stem}.tar`;
  try {
    const { digest, sizeBytes } = Record.parse(JSON.parse(await readFile(`${stem}.json`, 'utf8')));
    if ((await stat(path)).size !== sizeBytes) return undefined;
    const now = new Date();
    await Promise.all([utimes(path, now, now), utimes(`${stem}.json`, now, now)]);
    return { component: recipe.component, version: recipe.version, reference, path, digest, sizeBytes, ...await filesOf(recipe) };
  } catch {
    return undefined;
  }
}
