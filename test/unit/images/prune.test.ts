import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { binariesDir, binaryDir, treeDir, treesDir } from '../../../src/builds/folders.ts';
import { buildKey } from '../../../src/builds/key.ts';
import type { TreeBuild } from '../../../src/builds/recipe.ts';
import { toolchain } from '../../../src/builds/toolchain.ts';
import { treeKey } from '../../../src/builds/tree/key.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { imagesDir } from '../../../src/images/archive-cache.ts';
import { imagePlace } from '../../../src/images/build-source.ts';
import { pruneCache } from '../../../src/images/prune.ts';

const day = 24 * 3600;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-prune-'));
  process.env['XDG_CACHE_HOME'] = root;
});

afterEach(async () => {
  delete process.env['XDG_CACHE_HOME'];
  await rm(root, { recursive: true, force: true });
});

/** A file last used so many days ago. */
async function file(path: string, daysAgo: number): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, '');
  const time = Date.now() / 1000 - daysAgo * day;
  await utimes(path, time, time);
}

test('what no recipe leads to goes once it is old; what a recipe leads to stays, however old', async () => {
  const target = targetImage();
  const known = binaryDir(target.build, await buildKey(target.build, await toolchain()));
  await file(join(known, 'target'), 99);
  await file(join(binariesDir(), 'target-1.0.0-old', 'target'), 15);
  await file(join(binariesDir(), 'target-1.0.0-new', 'target'), 13);
  const { stem } = await imagePlace(target);
  for (const ending of ['tar', 'json', 'tar.parts', `tar.${'0'.repeat(64)}`]) {
    await file(`${stem}.${ending}`, 99);
    await file(join(imagesDir(), `target-1.0.0-old.${ending}`), 15);
  }
  const removed = await pruneCache({ builds: [], images: [target] }, 14);
  expect(removed.map((path) => path.slice(root.length)).sort()).toEqual([
    '/plumbline/binaries/target-1.0.0-old', '/plumbline/images/target-1.0.0-old.json', '/plumbline/images/target-1.0.0-old.tar',
    `/plumbline/images/target-1.0.0-old.tar.${'0'.repeat(64)}`, '/plumbline/images/target-1.0.0-old.tar.parts',
  ]);
  expect((await readdir(binariesDir())).length).toBe(2);
});

test('trees are kept and removed as binaries are', async () => {
  const build: TreeBuild = { kind: 'tree', name: 'x', version: '1', parts: [], usualSeconds: 1 };
  await file(join(treeDir(build, await treeKey(build)), 'build.json'), 99);
  await file(join(treesDir(), 'x-1-old', 'build.json'), 15);
  await file(join(treesDir(), 'x-1-new', 'build.json'), 13);
  const removed = await pruneCache({ builds: [], images: [{ component: 'x', version: '1', build, entrypoint: '/x' }] }, 14);
  expect(removed).toEqual([join(treesDir(), 'x-1-old')]);
});

test('an empty cache needs no pruning', async () => {
  expect(await pruneCache({ builds: [], images: [] })).toEqual([]);
});
