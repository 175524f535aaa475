import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pause } from '../../../src/clusters/embedded/builds.ts';
import { importArchive } from '../../../src/clusters/embedded/load-images.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { partsOf } from '../../../src/images/archive-parts.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import type { ImageArchive, ImageRecipe } from '../../../src/images/source.ts';
import type { RunContext } from '../../../src/run/context.ts';
import { startContainerd } from '../support/containerd.ts';
import type { StartedContainerd } from '../support/containerd.ts';

let containerd: StartedContainerd;

beforeAll(async () => {
  containerd = await startContainerd();
});

afterAll(() => containerd[Symbol.asyncDispose]());

const context = (): RunContext => ({ id: 'imptst', dir: containerd.root, emit: () => undefined, signal: new AbortController().signal });

async function provide(recipe: ImageRecipe): Promise<ImageArchive> {
  return buildSource().provide(recipe, context(), { note: () => undefined, cached: () => undefined });
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

test.each([['linked', true], ['copied, where it cannot be', false]])('a layer is %s onto a node, and the image is whole', async (_, linked) => {
  const archive = await provide(targetImage());
  await using own = await startContainerd();
  // The embedded provider's node, but for its namespaces.
  const dir = join(own.root, 'node');
  await mkdir(join(dir, 'var/lib'), { recursive: true });
  await (linked ? symlink(join(own.root, 'root'), join(dir, 'var/lib/containerd')) : writeFile(join(dir, 'var/lib/containerd'), ''));
  const enter = ([program = '', ...args]: readonly string[]): [string, ...string[]] => [program, '--address', join(own.root, 'c.sock'), ...args];
  await importArchive({ name: 'one', address: '', dir, initPid: 0, processes: [], enter }, archive, context());
  expect(await own.ctr('images', 'check', `name==${archive.reference}`)).toMatch(/complete \(2\/2\)/);
  expect(await own.storedConfig(archive.reference)).toBe(archive.digest);
  const [layer] = (await partsOf(archive)).layers;
  if (!layer) throw new Error('an image has a layer');
  const stored = join(own.root, 'root/io.containerd.content.v1.content/blobs/sha256', layer.digest);
  expect((await stat(stored)).ino === (await stat(layer.path)).ino).toBe(linked);
  expect((await readFile(stored)).equals(await readFile(layer.path))).toBe(true);
  // Another image's end makes containerd collect what no image names.
  const other = await provide(pause);
  await own.ctr('images', 'import', other.path);
  await own.ctr('images', 'rm', '--sync', other.reference);
  expect(await own.ctr('images', 'check', `name==${archive.reference}`)).toMatch(/complete \(2\/2\)/);
  await own.ctr('images', 'mount', archive.reference, await mountPoint(own));
  await own.ctr('images', 'unmount', '--rm', join(own.root, 'mount'));
});

async function mountPoint(own: StartedContainerd): Promise<string> {
  const mount = join(own.root, 'mount');
  await mkdir(mount);
  return mount;
}
