import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../src/run/paths.ts';

interface Import { readonly from: string; readonly to: string }

async function sources(folder: string): Promise<string[]> {
  const files = await readdir(join(packageRoot, folder), { recursive: true });
  return files.filter((file) => file.endsWith('.ts')).map((file) => join(folder, file));
}

async function imports(folder: string): Promise<Import[]> {
  const all = await Promise.all((await sources(folder)).map(async (from) => {
    const text = await readFile(join(packageRoot, from), 'utf8');
    const paths = [...text.matchAll(/(?:from|import\()\s*'(\.[^']*)'/g)].map((match) => match[1] as string);
    return paths.map((path) => ({ from, to: relative(packageRoot, join(packageRoot, dirname(from), path)) }));
  }));
  return all.flat();
}

const room = (path: string): string => path.split(sep).slice(0, path.startsWith('src') ? 2 : 1).join('/');

test('imports go suites → helpers → src and never back', async () => {
  const src = await imports('src');
  const helpers = await imports('helpers');
  expect(src.length).toBeGreaterThan(100);
  expect(src.filter(({ to }) => room(to) === 'helpers' || room(to) === 'suites')).toEqual([]);
  expect(helpers.filter(({ to }) => room(to) === 'suites')).toEqual([]);
});

test('suites use helpers, not the rooms behind them', async () => {
  const past = (await imports('suites')).filter(({ to }) => !['helpers', 'suites'].includes(room(to)));
  expect(past).toEqual([]);
});

test('nobody imports the command line, and components know no platform and no runner', async () => {
  const src = await imports('src');
  expect(src.filter(({ from, to }) => room(to) === 'src/cli' && room(from) !== 'src/cli')).toEqual([]);
  const upward = ['src/platform', 'src/claims', 'src/runner', 'src/reports', 'src/simulation'];
  const low = ['src/components', 'src/clusters', 'src/images', 'src/builds', 'src/processes', 'src/run'];
  expect(src.filter(({ from, to }) => low.includes(room(from)) && upward.includes(room(to)))).toEqual([]);
});

test('linting starts nothing: it knows texts, reports and what everything shares', async () => {
  const beyond = (await imports('src/lint')).filter(({ to }) => !['src/lint', 'src/reports', 'src/run', 'src/errors.ts'].includes(room(to)));
  expect(beyond).toEqual([]);
});

test('every room is on the map in ARCHITECTURE.md, and every room on the map is there', async () => {
  const map = await readFile(join(packageRoot, 'ARCHITECTURE.md'), 'utf8');
  const rooms = (await readdir(join(packageRoot, 'src'), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => `src/${entry.name}/`);
  expect(rooms.filter((name) => !map.includes(`\`${name}`))).toEqual([]);
  const named = [...map.matchAll(/^\| `([a-z]+(?:\/[a-z]+)*)\/?/gm)].map((match) => match[1] as string);
  expect(named.length).toBeGreaterThan(12);
  expect(named.filter((name) => !existsSync(join(packageRoot, name)))).toEqual([]);
});
