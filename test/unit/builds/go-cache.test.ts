import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { goCacheDir } from '../../../src/builds/folders.ts';
import { restGoCache, trimGoCache, withGoCache } from '../../../src/builds/go-cache.ts';

const kib = 1024;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-go-cache-'));
  process.env['XDG_CACHE_HOME'] = root;
});

afterEach(async () => {
  delete process.env['XDG_CACHE_HOME'];
  await rm(root, { recursive: true, force: true });
});

/** Entries of 64 KiB, the first used longest ago. */
async function cacheOf(folder: string, names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    await mkdir(join(folder, name.slice(0, 2)), { recursive: true });
    const path = join(folder, name.slice(0, 2), name);
    await writeFile(path, Buffer.alloc(64 * kib, 1));
    await utimes(path, 1000 + index, 1000 + index);
  }
}

async function entries(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).filter((name) => /[-/]/.test(name) && /-[ad]$/.test(name)).map((name) => name.slice(3)).sort();
}

test('what was used longest ago goes first, and no more than needed', async () => {
  await cacheOf(root, ['aa1-d', '0b2-d', 'cc3-a', 'aa4-d']);
  expect(await trimGoCache(root, 140 * kib)).toBe(128 * kib);
  expect(await entries(root)).toEqual(['aa4-d', 'cc3-a']);
});

test('a cache within its bound stays whole, and so does what is not an entry', async () => {
  await cacheOf(root, ['aa1-d']);
  await writeFile(join(root, 'trim.txt'), '1');
  expect(await trimGoCache(root, 64 * kib)).toBe(0);
  expect((await readdir(root)).sort()).toEqual(['aa', 'trim.txt']);
});

test('a linked program is an entry too, a folder', async () => {
  await mkdir(join(root, 'dd', 'dd5-d'), { recursive: true });
  await writeFile(join(root, 'dd', 'dd5-d', 'program'), Buffer.alloc(64 * kib, 1));
  expect(await trimGoCache(root, 0)).toBe(64 * kib);
  expect(await readdir(join(root, 'dd'))).toEqual([]);
});

test('work that fails leaves no mark of itself as a user of the cache', async () => {
  const options = { signal: new AbortController().signal, step: { note: () => undefined } };
  await expect(withGoCache(options, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await readdir(`${goCacheDir()}-users`)).toEqual([]);
});

test('nothing is trimmed while a build uses the cache, and the mark of a dead one does not count', async () => {
  const options = { signal: new AbortController().signal, step: { note: () => undefined } };
  await cacheOf(goCacheDir(), ['aa1-d']);
  await withGoCache(options, async () => {
    await writeFile(join(`${goCacheDir()}-users`, '999999999-dead'), '');
    expect(await restGoCache(0)).toBe(0);
  });
  expect(await readdir(`${goCacheDir()}-users`)).toEqual([]);
  expect(await entries(goCacheDir())).toEqual(['aa1-d']);
  expect(await restGoCache(0)).toBe(64 * kib);
});
