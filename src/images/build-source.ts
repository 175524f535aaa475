import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { buildState, checkBuild, keyOf, prepareBuild } from '../builds/build.ts';
import { withScratch } from '../builds/folders.ts';
import { exclusively } from '../builds/exclusive.ts';
import type { RunContext, Step } from '../run/context.ts';
import { archiveFormat, writeArchive } from './archive.ts';
import { imagesDir, keepArchive, keptArchive, localHost } from './archive-cache.ts';
import { filesOf, imageContent, imageSettings, type ImageContent } from './content.ts';
import type { ImageArchive, ImageAvailability, ImageRecipe, ImageSource } from './source.ts';

/** Images built on this machine from what is locked: Go modules, packages of npm and Maven; needs neither a registry nor a container runtime. */
export function buildSource(): BuildSource {
  return { name: 'build', check, provide };
}

/** Gives archives, always. */
export interface BuildSource extends ImageSource {
  check(recipe: ImageRecipe): Promise<ImageAvailability<ImageArchive>>;
  provide(recipe: ImageRecipe, context: RunContext, step: Step): Promise<ImageArchive>;
}

/** Where the archive of a recipe is kept, without ending, and the reference it is imported under. */
export async function imagePlace(recipe: ImageRecipe): Promise<{ stem: string; reference: string }> {
  const key = createHash('sha256')
    .update(JSON.stringify([archiveFormat, await keyOf(recipe.build), ...imageSettings(recipe)]))
    .digest('hex')
    .slice(0, 12);
  return {
    stem: join(imagesDir(), `${recipe.component}-${recipe.version}-${key}`),
    reference: `${localHost}/${recipe.component}:${recipe.version}-${key}`,
  };
}

async function check(recipe: ImageRecipe): Promise<ImageAvailability<ImageArchive>> {
  if (recipe.build.unlocked) throw recipe.build.unlocked;
  const known = await hasKey(recipe);
  const archive = await builtBefore(recipe);
  if (archive) return { state: 'cached', archive };
  const { cached, usualMs } = known ? await buildState(recipe.build) : { cached: false, usualMs: recipe.build.usualSeconds * 1000 };
  const missing = cached ? undefined : await checkBuild(recipe.build);
  return missing ? { state: 'unavailable', reason: missing } : { state: 'available', usualMs: cached ? 0 : usualMs };
}

/** The archive that an image was built to here before, if the cache still has it. */
export async function builtBefore(recipe: ImageRecipe): Promise<ImageArchive | undefined> {
  return (await hasKey(recipe)) ? findArchive(recipe) : undefined;
}

/** Without the tools there is no key to look anything up by; some of them a run may install. */
function hasKey({ build }: ImageRecipe): Promise<boolean> {
  return keyOf(build).then(() => true, () => false);
}

async function provide(recipe: ImageRecipe, context: RunContext, step: Step): Promise<ImageArchive> {
  if (recipe.build.unlocked) throw recipe.build.unlocked;
  const options = { signal: context.signal, runId: context.id, step };
  await prepareBuild(recipe.build, options);
  const found = await findArchive(recipe);
  if (found) {
    step.cached();
    return found;
  }
  const content = await imageContent(recipe, options);
  const { stem } = await imagePlace(recipe);
  const waiting = { ...options, waitingFor: `the image of ${recipe.component} ${recipe.version}` };
  return exclusively(stem, waiting, async () => (await findArchive(recipe)) ?? write(recipe, content, step));
}

async function write(recipe: ImageRecipe, { archive, ...files }: ImageContent, step: Step): Promise<ImageArchive> {
  step.note('writing the image archive');
  const { stem, reference } = await imagePlace(recipe);
  return withScratch(recipe.component, async (scratch) => {
    const draft = join(scratch, 'image.tar');
    const { digest } = await writeArchive({ ...archive, reference }, draft);
    return { component: recipe.component, version: recipe.version, source: 'build', reference, ...(await keepArchive(stem, scratch, draft, digest)), ...files };
  });
}

async function findArchive(recipe: ImageRecipe): Promise<ImageArchive | undefined> {
  const { stem, reference } = await imagePlace(recipe);
  const kept = await keptArchive(stem);
  const files = await filesOf(recipe).catch(() => undefined);
  return kept && files && { component: recipe.component, version: recipe.version, source: 'build', reference, ...kept, ...files };
}
