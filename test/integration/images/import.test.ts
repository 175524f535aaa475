import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pause } from '../../../src/clusters/embedded/builds.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import type { ImageArchive, ImageRecipe } from '../../../src/images/source.ts';
import { startContainerd } from '../support/containerd.ts';
import type { StartedContainerd } from '../support/containerd.ts';

let containerd: StartedContainerd;

beforeAll(async () => {
  containerd = await startContainerd();
});

afterAll(() => containerd[Symbol.asyncDispose]());

async function provide(recipe: ImageRecipe): Promise<ImageArchive> {
  const context = { id: 'imptst', dir: containerd.root, emit: () => undefined, signal: new AbortController().signal };
  return buildSource().provide(recipe, context, { note: () => undefined, cached: () => undefined });
}

test('containerd imports an archive under its reference, with the digest that the source named', async () => {
  const archive = await provide(pause);
  await containerd.ctr('images', 'import', archive.path);
  expect((await containerd.ctr('images', 'ls', '--quiet')).split('\n')).toContain(archive.reference);
  expect(await containerd.storedConfig(archive.reference)).toBe(archive.digest);
});

test('what is imported is complete and unpacked', async () => {
  const archive = await provide(targetImage());
  await containerd.ctr('images', 'import', archive.path);
  expect(await containerd.ctr('images', 'check', `name==${archive.reference}`)).toMatch(/complete \(2\/2\).*true/);
  const mount = join(containerd.root, 'mount');
  await mkdir(mount);
  await containerd.ctr('images', 'mount', archive.reference, mount);
  try {
    const { stdout } = await execa('stat', ['-c', '%A %u %n', 'target', 'tmp'], { cwd: mount });
    expect(stdout.split('\n')).toEqual(['-rwxr-xr-x 0 target', 'drwxrwxrwt 0 tmp']);
  } finally {
    await containerd.ctr('images', 'unmount', '--rm', mount);
  }
});

test('a provided image is found again without a build', async () => {
  const archive = await provide(targetImage());
  expect(await buildSource().check(targetImage())).toEqual({ state: 'cached', archive });
});
