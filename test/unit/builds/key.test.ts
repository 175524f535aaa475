import { cp, mkdtemp, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildKey } from '../../../src/builds/key.ts';
import type { GoBuild } from '../../../src/builds/recipe.ts';

const tools = { goVersion: '1.26.8', arch: 'amd64' };
let root: string;
let build: GoBuild;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-key-'));
  const lockDir = join(root, 'lock');
  await mkdir(join(lockDir, 'cmd'), { recursive: true });
  await writeFile(join(lockDir, 'go.mod'), 'module x\n');
  await writeFile(join(lockDir, 'go.sum'), 'a v1.0.0 h1:x=\n');
  await writeFile(join(lockDir, 'cmd', 'main.go'), 'package main\n');
  build = { name: 'x', version: '1.0.0', lockDir, package: './cmd', linkerVariables: { a: '1', b: '2' }, usualSeconds: 1 };
});

afterEach(() => rm(root, { recursive: true, force: true }));

test('the same content has the same key, wherever it lies and however long it takes', async () => {
  const elsewhere = join(root, 'other', 'folder');
  await cp(build.lockDir, elsewhere, { recursive: true });
  const same: GoBuild = { ...build, lockDir: elsewhere, linkerVariables: { b: '2', a: '1' }, usualSeconds: 99 };
  expect(await buildKey(same, tools)).toBe(await buildKey(build, tools));
});

test.each<[string, (build: GoBuild) => Promise<GoBuild>]>([
  ['a changed go.sum', async (b) => (await writeFile(join(b.lockDir, 'go.sum'), 'a v1.0.1 h1:y=\n'), b)],
  ['a changed source', async (b) => (await writeFile(join(b.lockDir, 'cmd', 'main.go'), 'package main // x\n'), b)],
  ['a further file', async (b) => (await writeFile(join(b.lockDir, 'cmd', 'x.go'), ''), b)],
  ['a renamed file', async (b) => (await rename(join(b.lockDir, 'cmd'), join(b.lockDir, 'cmt')), b)],
  ['another package', async (b) => ({ ...b, package: './other' })],
  ['another version', async (b) => ({ ...b, version: '1.0.1' })],
  ['another linker variable', async (b) => ({ ...b, linkerVariables: { a: '1', b: '3' } })],
  ['a generator', async (b) => ({ ...b, generator: 'ocb' })],
])('%s makes another key', async (_, change) => {
  const before = await buildKey(build, tools);
  expect(await buildKey(await change(build), tools)).not.toBe(before);
});

test('another Go patch release or architecture makes another key', async () => {
  const keys = await Promise.all([buildKey(build, tools), buildKey(build, { ...tools, goVersion: '1.26.9' }), buildKey(build, { ...tools, arch: 'arm64' })]);
  expect(new Set(keys).size).toBe(3);
});

test('C code, tags and files of the program are part of the key; a build without any keeps the key that it had before there were such', async () => {
  const plain = await buildKey(build, tools);
  const others: Partial<GoBuild>[] = [{ cgo: true }, { tags: ['oss'] }, { home: ['conf'] }, { home: ['conf'], homeModule: 'm' }, { generator: { kind: 'wire', module: 'x', injectors: './y' } }];
  const keys = await Promise.all(others.map((other) => buildKey({ ...build, ...other }, tools)));
  expect(new Set([plain, ...keys]).size).toBe(6);
});
