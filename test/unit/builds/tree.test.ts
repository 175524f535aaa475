import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseLdd } from '../../../src/builds/tree/closure.ts';
import { treeKey } from '../../../src/builds/tree/key.ts';
import { pruneFiles } from '../../../src/builds/tree/prune.ts';
import { layPart } from '../../../src/builds/tree/lay.ts';
import type { TreeBuild } from '../../../src/builds/recipe.ts';

let root: string;
let build: TreeBuild;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-tree-'));
  const folder = join(root, 'app');
  await file('app/package.json', '{}');
  await file('app/lib/x.js', 'x');
  await file('program', '#!/bin/sh\n');
  await chmod(join(root, 'program'), 0o700);
  build = {
    kind: 'tree', name: 'x', version: '1', usualSeconds: 1,
    parts: [{ kind: 'npm', folder, to: '/app', prune: ['**/*.map'] }, { kind: 'program', program: join(root, 'program'), to: '/bin/x' }],
  };
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function file(path: string, content = ''): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
}

test('the same parts have the same key, wherever they lie, and whatever npm left in their folder', async () => {
  const before = await treeKey(build);
  await cp(join(root, 'app'), join(root, 'moved'), { recursive: true });
  await file('moved/node_modules/y/index.js', 'y');
  await cp(join(root, 'program'), join(root, 'renamed'));
  const [npm, program] = build.parts;
  const moved = [{ ...npm, folder: join(root, 'moved') }, { ...program, program: join(root, 'renamed') }] as TreeBuild['parts'];
  expect(await treeKey({ ...build, usualSeconds: 9, parts: moved })).toBe(before);
});

test.each<[string, () => Promise<TreeBuild>]>([
  ['a changed file', async () => (await file('app/lib/x.js', 'y'), build)],
  ['a further file', async () => (await file('app/lib/z.js'), build)],
  ['another version', async () => ({ ...build, version: '2' })],
  ['another place', async () => ({ ...build, parts: build.parts.map((part) => ({ ...part, to: '/other' })) })],
  ['another pattern', async () => ({ ...build, parts: build.parts.map((part) => (part.kind === 'npm' ? { ...part, prune: [] } : part)) })],
  ['another order', async () => ({ ...build, parts: build.parts.toReversed() })],
  ['another program of this machine', async () => (await file('other', '#!/bin/false\n'), { ...build, parts: build.parts.map((part) => (part.kind === 'program' ? { ...part, program: join(root, 'other') } : part)) })],
])('%s makes another key', async (_, change) => {
  const before = await treeKey(build);
  expect(await treeKey(await change())).not.toBe(before);
});

test('ldd is read: libraries with and without a name, what is missing, nothing of the kernel\'s own', () => {
  const { paths, missing } = parseLdd([
    '/x/a:',
    '\tlinux-vdso.so.1 (0x00007fb092318000)',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f51bc61e000)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f51bcb7b000)',
    '\tlibjvm.so => not found',
    '/x/b:',
    '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fad782f8000)',
    '/x/c:',
    '\tstatically linked',
  ].join('\n'));
  expect(paths).toEqual(['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
  expect(missing).toEqual(['libjvm.so']);
});

test('patterns take away what they name, folders with all that is in them, and nothing else', async () => {
  for (const path of ['a.js', 'a.js.map', 'a.d.ts', 'node_modules/@s/p/build/esm/x.js', 'node_modules/@s/p/build/src/x.js', 'node_modules/q/test/t.js', 'node_modules/q/lib/test/t.js']) await file(`tree/${path}`);
  await pruneFiles(join(root, 'tree'), ['**/*.map', '**/*.ts', '**/build/{esm,esnext}', 'node_modules/{*,@*/*}/{test,tests}']);
  const left = (await readdir(join(root, 'tree'), { recursive: true, withFileTypes: true })).filter((one) => one.isFile());
  expect(left.map((one) => join(one.parentPath, one.name).slice(join(root, 'tree').length + 1)).sort())
    .toEqual(['a.js', 'node_modules/@s/p/build/src/x.js', 'node_modules/q/lib/test/t.js']);
});

test('files and programs are laid where they belong, a program for everybody to run', async () => {
  const shop = { scratch: root, env: {}, signal: new AbortController().signal, note: () => undefined };
  await file('app/target/left.jar');
  await layPart({ kind: 'files', folder: join(root, 'app'), to: '/etc/x' }, join(root, 'out'), shop);
  await layPart({ kind: 'program', program: join(root, 'program'), to: '/bin/x' }, join(root, 'out'), shop);
  expect(await readFile(join(root, 'out/etc/x/lib/x.js'), 'utf8')).toBe('x');
  expect(await readdir(join(root, 'out/etc/x'))).toEqual(['lib', 'package.json']);
  expect((await readdir(join(root, 'out/bin')))).toEqual(['x']);
  await expect(layPart({ kind: 'program', program: 'no-such-program', to: '/bin/y' }, join(root, 'out'), shop)).rejects.toMatchObject({ problem: { code: 'PL-TOOL-MISSING' } });
});
