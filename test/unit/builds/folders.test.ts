import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkFreeDisk, isAlive, withScratch } from '../../../src/builds/folders.ts';
import { cacheDir } from '../../../src/run/paths.ts';

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-folders-'));
  process.env['XDG_CACHE_HOME'] = join(root, 'not', 'yet');
});

afterEach(async () => {
  delete process.env['XDG_CACHE_HOME'];
  await rm(root, { recursive: true, force: true });
});

test('too little disk is said before anything is built, with the folder that needs it', async () => {
  await expect(checkFreeDisk(2 ** 60)).rejects.toMatchObject({
    problem: { code: 'PL-DISK-FULL', kind: 'environment', expected: expect.stringContaining(cacheDir()), seen: expect.stringMatching(/^\d+\.\d GiB free$/) },
  });
});

test('looking at the disk makes nothing', async () => {
  await checkFreeDisk(1);
  expect(existsSync(cacheDir())).toBe(false);
});

test('a scratch folder is gone after the work, also when that failed', async () => {
  let seen = '';
  await expect(withScratch('x', async (folder) => {
    seen = folder;
    expect(existsSync(folder)).toBe(true);
    throw new Error('broken');
  })).rejects.toThrow('broken');
  expect(existsSync(seen)).toBe(false);
});

test('this process is alive, and no process has the pid 0 or NaN', () => {
  expect([isAlive(process.pid), isAlive(0), isAlive(Number.NaN)]).toEqual([true, false, false]);
});
