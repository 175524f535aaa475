import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { homeVersion, lockedSum } from '../../../src/builds/module-files.ts';
import { allocatorImage, allocatorVersions } from '../../../src/components/allocator/image.ts';
import { PlumblineError } from '../../../src/errors.ts';

const lockDir = await mkdtemp(join(tmpdir(), 'plumbline-lock-'));
afterAll(() => rm(lockDir, { recursive: true }));
await writeFile(join(lockDir, 'go.mod'), 'module x\n\nrequire (\n\texample.org/a/pkg v0.9.0 // indirect\n\texample.org/a v0.81.0 // indirect\n)\n');
await writeFile(join(lockDir, 'go.sum'), 'example.org/a v0.81.0 h1:whole=\nexample.org/a v0.81.0/go.mod h1:mod=\nexample.org/a v0.131.0 h1:other=\n');
const build = { name: 'x', version: '0.131.0', lockDir, package: '.', home: ['crd'], homeModule: 'example.org/a', usualSeconds: 1 };

test('a module\'s files are of the version that the lock requires of it, and have its checksum', async () => {
  expect([await homeVersion(build), await lockedSum(build)]).toEqual(['0.81.0', 'h1:whole=']);
});

test('without a lock they are of the build\'s own version, and nobody knows their checksum', async () => {
  const unlocked = { ...build, unlocked: new PlumblineError({ code: 'PL-VERSION-UNKNOWN', kind: 'usage', expected: '', seen: '', next: '' }) };
  expect([await homeVersion(unlocked), await lockedSum(unlocked)]).toEqual(['0.131.0', undefined]);
});

test('every locked allocator\'s module of monitors has a version and a checksum; an unlocked one\'s has none', async () => {
  for (const version of allocatorVersions()) {
    const { build: { home, homeModule, ...rest } } = allocatorImage(version);
    const files = { ...rest, home: home ?? [], homeModule: homeModule ?? '' };
    expect([await homeVersion(files), await lockedSum(files)]).toEqual([expect.stringMatching(/^0\.\d+\.\d+$/), expect.stringMatching(/^h1:/)]);
    expect(await homeVersion(files)).not.toBe(version);
  }
  expect(allocatorImage('0.1.0').build).not.toHaveProperty('home');
});
