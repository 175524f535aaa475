import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberDuration, usualMs } from '../../../src/run/durations.ts';
import { cacheDir } from '../../../src/run/paths.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-durations-'));
  process.env['XDG_CACHE_HOME'] = root;
});

afterEach(async () => {
  delete process.env['XDG_CACHE_HOME'];
  await rm(root, { recursive: true, force: true });
});

test('what never ran has no usual duration', async () => {
  expect(await usualMs('build x')).toBeUndefined();
});

test('the usual duration is the median of the last five', async () => {
  for (const ms of [1, 1, 100, 110, 120, 90, 5000]) await rememberDuration('build x', ms);
  expect(await usualMs('build x')).toBe(110);
});

test('steps that end together do not lose each other', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `step ${index}`);
  await Promise.all(names.map((name, index) => rememberDuration(name, index)));
  expect(await Promise.all(names.map((name) => usualMs(name)))).toEqual(names.map((_, index) => index));
  expect(await readdir(cacheDir())).toEqual(['durations.json']);
});

test('the file is bounded: what was not seen for long goes first', async () => {
  for (let index = 0; index <= 300; index++) await rememberDuration(`step ${index}`, index);
  expect(await usualMs('step 0')).toBeUndefined();
  expect(await usualMs('step 300')).toBe(300);
});

test('a spoilt file loses estimates and nothing else', async () => {
  await mkdir(cacheDir(), { recursive: true });
  await writeFile(join(cacheDir(), 'durations.json'), '{"build x": [1,');
  expect(await usualMs('build x')).toBeUndefined();
  await rememberDuration('build x', 7);
  expect(await usualMs('build x')).toBe(7);
});
