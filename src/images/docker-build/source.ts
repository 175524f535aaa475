import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { exclusively } from '../../builds/exclusive.ts';
import { withScratch } from '../../builds/folders.ts';
import { feedFolder } from '../../builds/key.ts';
import { imageArch, notSource } from '../../builds/tree/key.ts';
import { PlumblineError } from '../../errors.ts';
import type { RunContext, Step } from '../../run/context.ts';
import { usualMs } from '../../run/durations.ts';
import { readArchive } from '../archive-read.ts';
import { imagesDir, keepArchive, keptArchive, localHost } from '../archive-cache.ts';
import type { ImageArchive, ImageAvailability, ImageMaker, ImageRecipe } from '../source.ts';
import { BaseImages } from './base-images.ts';
import { saveImage, withBuiltImage } from './build.ts';
import { dockerEngine } from './engine.ts';

/** Milliseconds where nothing is known: a base image of a few hundred MB and a compiler's minute. */
const guessMs = 60_000;

/** Images that a Docker engine builds from the Dockerfile beside their sources: for a machine that has an engine and no toolchains. */
export function dockerImages({ prefix }: { readonly prefix?: string | undefined } = {}): DockerImages {
  const bases = new BaseImages(prefix);

  async function check(recipe: ImageRecipe): Promise<ImageAvailability<ImageArchive>> {
    const context = recipe.dockerContext;
    if (context === undefined) return { state: 'unavailable', reason: `${recipe.component} ${recipe.version} has no Dockerfile` };
    const archive = await dockerBuiltBefore(recipe);
    if (archive) return { state: 'cached', archive };
    const engine = await dockerEngine();
    const obstacle = typeof engine === 'string' ? engine : await bases.obstacle(engine, context);
    if (obstacle !== undefined) return { state: 'unavailable', reason: obstacle };
    return { state: 'available', usualMs: (await usualMs(`${recipe.component} ${recipe.version}`)) ?? guessMs };
  }

  async function provide(recipe: ImageRecipe, run: RunContext, step: Step): Promise<ImageArchive> {
    const context = recipe.dockerContext ?? '';
    const { stem } = await placeOf(recipe, context);
    const waiting = { signal: run.signal, step, waitingFor: `the image of ${recipe.component} ${recipe.version}` };
    return exclusively(stem, waiting, async () => {
      const found = await findArchive(recipe, context);
      if (found) step.cached();
      return found ?? make(recipe, context, bases, run, step);
    });
  }

  return { check, provide };
}

export interface DockerImages extends ImageMaker {
  check(recipe: ImageRecipe): Promise<ImageAvailability<ImageArchive>>;
  provide(recipe: ImageRecipe, context: RunContext, step: Step): Promise<ImageArchive>;
}

/** By the sources and the architecture: which base image was current when it was built makes no difference to what is judged. */
async function placeOf({ component, version }: ImageRecipe, context: string): Promise<{ stem: string; reference: string }> {
  const hash = createHash('sha256').update(JSON.stringify(['docker', component, version, imageArch()]));
  await feedFolder(hash, context, notSource);
  const name = `${version}-docker-${hash.digest('hex').slice(0, 12)}`;
  return { stem: join(imagesDir(), `${component}-${name}`), reference: `${localHost}/${component}:${name}` };
}

async function make(recipe: ImageRecipe, context: string, bases: BaseImages, run: RunContext, step: Step): Promise<ImageArchive> {
  const name = `${recipe.component} ${recipe.version}`;
  const engine = await dockerEngine();
  if (typeof engine === 'string') throw cannotBuild(name, engine);
  const { stem, reference } = await placeOf(recipe, context);
  const build = { name, context, reference, args: { REGISTRY_PREFIX: bases.before }, logins: await bases.logins(), runId: run.id, signal: run.signal, note: step.note };
  return withScratch(recipe.component, (scratch) => withBuiltImage(engine, build, async () => {
    const draft = join(scratch, 'image.tar');
    step.note('exporting the image');
    await saveImage(engine, reference, draft, run.signal);
    const { config } = await readArchive(draft);
    return { component: recipe.component, version: recipe.version, source: 'docker', reference, ...(await keepArchive(stem, scratch, draft, config.digest)) };
  }));
}

/** The archive that an engine built of a recipe before, if the cache still has it. */
export async function dockerBuiltBefore(recipe: ImageRecipe): Promise<ImageArchive | undefined> {
  return recipe.dockerContext === undefined ? undefined : findArchive(recipe, recipe.dockerContext);
}

async function findArchive(recipe: ImageRecipe, context: string): Promise<ImageArchive | undefined> {
  const { stem, reference } = await placeOf(recipe, context);
  const kept = await keptArchive(stem);
  return kept && { component: recipe.component, version: recipe.version, source: 'docker', reference, ...kept };
}

function cannotBuild(name: string, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-IMAGE-UNAVAILABLE', kind: 'environment', expected: `a Docker engine to build ${name}`, seen, next: 'Start the engine, or name it in DOCKER_HOST.',
  });
}
