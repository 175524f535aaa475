import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import getPort from 'get-port';
import { nanoid } from 'nanoid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkAvailable } from '../../../src/builds/available.ts';
import { binaryCacheState, buildBinary, type BuildOptions } from '../../../src/builds/binary.ts';
import { goCacheDir, scratchRoot } from '../../../src/builds/folders.ts';
import type { GoBuild } from '../../../src/builds/recipe.ts';
import { findByEnvironment } from '../../../src/processes/proc.ts';
import { until } from '../../../src/run/wait.ts';

/** A program of the runtime alone: real compiler and linker, seconds even with an empty cache. */
const source = 'package main\n\nvar version = "none"\n\nfunc main() { println("built", version) }\n';

let root: string;
let build: GoBuild;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-build-'));
  process.env['XDG_CACHE_HOME'] = join(root, 'cache');
});

afterAll(async () => {
  delete process.env['XDG_CACHE_HOME'];
  await rm(root, { recursive: true, force: true });
});

beforeEach(async () => {
  // A name of its own each: no test finds what another has built.
  const name = `hello-${nanoid(6)}`;
  const lockDir = join(root, name);
  await mkdir(lockDir);
  await writeFile(join(lockDir, 'go.mod'), 'module plumbline.dev/hello\n\ngo 1.24.0\n');
  await writeFile(join(lockDir, 'main.go'), source);
  build = { name, version: '1.0.0', lockDir, package: '.', linkerVariables: { 'main.version': '1.0.0' }, usualSeconds: 3 };
});

afterEach(async () => {
  expect(await readdir(scratchRoot()).catch(() => [])).toEqual([]);
  expect(await readdir(`${goCacheDir()}-users`).catch(() => [])).toEqual([]);
});

interface Watched extends BuildOptions {
  readonly notes: string[];
  readonly abort: AbortController;
}

function watched(): Watched {
  const notes: string[] = [];
  const abort = new AbortController();
  return { notes, abort, signal: abort.signal, runId: nanoid(6), step: { note: (text) => notes.push(text), cached: () => notes.push('cached') } };
}

test('a locked module becomes a static binary, once', async () => {
  expect(await binaryCacheState(build)).toMatchObject({ cached: false, usualMs: 3000 });
  const first = await buildBinary(build, watched());
  expect(first.cached).toBe(false);
  expect((await execa(first.path)).stderr).toBe('built 1.0.0');
  const second = await buildBinary(build, watched());
  expect(second).toMatchObject({ path: first.path, sha256: first.sha256, cached: true });
  expect((await binaryCacheState(build)).usualMs).toBe(Math.round(first.durationMs));
  expect((await readdir(build.lockDir)).sort()).toEqual(['go.mod', 'main.go']);
});

test('another folder with the same content gives the same bytes', async () => {
  const first = await buildBinary(build, watched());
  await cp(build.lockDir, `${build.lockDir}-moved`, { recursive: true });
  const second = await buildBinary({ ...build, name: `${build.name}-b`, lockDir: `${build.lockDir}-moved` }, watched());
  expect(second.cached).toBe(false);
  expect(second.sha256).toBe(first.sha256);
});

test('two runs side by side build once, and the second says that it waits', async () => {
  const [one, other] = [watched(), watched()];
  const built = await Promise.all([buildBinary(build, one), buildBinary(build, other)]);
  expect(built.map(({ cached }) => cached).sort()).toEqual([false, true]);
  expect([...one.notes, ...other.notes]).toContain(`the build of ${build.name} 1.0.0: another run is at it`);
});

test('an interrupted build leaves no process, no scratch folder and no binary', async () => {
  const run = watched();
  // A package that takes the compiler long enough to be met at work.
  await writeFile(join(build.lockDir, 'big.go'), `package main\n\n${Array.from({ length: 40_000 }, (_, i) => `func f${i}(a, b string) string { return a + b + "${i}" }`).join('\n')}\n`);
  const building = buildBinary(build, run);
  building.catch(() => undefined);
  await until('a compiler at work', async () => {
    const processes = await findByEnvironment('PLUMBLINE_RUN', run.runId);
    return processes.length > 1 ? true : undefined;
  }, { timeoutMs: 60_000, intervalMs: 20 });
  run.abort.abort(new Error('interrupted'));
  await expect(building).rejects.toThrow('interrupted');
  await until('no process of the build', async () => ((await findByEnvironment('PLUMBLINE_RUN', run.runId)).length === 0 ? true : undefined), { timeoutMs: 10_000 });
  expect((await binaryCacheState(build)).cached).toBe(false);
});

test('a source that does not compile is shown with the compiler’s words', async () => {
  await writeFile(join(build.lockDir, 'main.go'), 'package main\n\nfunc main() { missing() }\n');
  await expect(buildBinary(build, watched())).rejects.toMatchObject({
    problem: { code: 'PL-BUILD-FAILED', expected: `${build.name} 1.0.0 to compile from its lock`, lastLines: expect.arrayContaining([expect.stringContaining('undefined: missing')]) },
  });
});

test('a go.sum that does not cover the module is refused, not completed', async () => {
  await writeFile(join(build.lockDir, 'go.mod'), 'module plumbline.dev/hello\n\ngo 1.24.0\n\nrequire github.com/spf13/pflag v1.0.5\n');
  await writeFile(join(build.lockDir, 'main.go'), 'package main\n\nimport _ "github.com/spf13/pflag"\n\nfunc main() {}\n');
  await expect(buildBinary(build, watched())).rejects.toMatchObject({ problem: { lastLines: expect.arrayContaining([expect.stringContaining('missing go.sum entry')]) } });
  await expect(readFile(join(build.lockDir, 'go.sum'))).rejects.toThrow('ENOENT');
});

test('what a killed build left is removed by the next one', async () => {
  const pid = Number((await execa('sh', ['-c', 'echo $$'])).stdout);
  await mkdir(join(scratchRoot(), `${pid}-killed-abc`, 'module'), { recursive: true });
  await mkdir(`${goCacheDir()}-users`, { recursive: true });
  await writeFile(join(`${goCacheDir()}-users`, `${pid}-abc`), '');
  await buildBinary(build, watched());
});

test('a lock that cannot be read is a reason too', async () => {
  await writeFile(join(build.lockDir, 'go.mod'), 'modul x\n');
  expect(await checkAvailable(build)).toMatch(new RegExp(`^the lock of ${build.name} 1\\.0\\.0 cannot be read: .*unknown directive: modul`));
});

test('a version that no proxy has is named before anything is built', async () => {
  await writeFile(join(build.lockDir, 'go.mod'), 'module plumbline.dev/hello\n\ngo 1.24.0\n\nrequire missing.example/x/y v1.9.9\n');
  const missing: GoBuild = { ...build, package: 'missing.example/x/y/cmd/z' };
  await using proxy = await refusingProxy();
  expect(await withProxy(proxy.url, () => checkAvailable(missing))).toBe('module missing.example/x/y v1.9.9 is not available: the module proxy answers 403');
  const nobody = `http://127.0.0.1:${await getPort()}`;
  expect(await withProxy(nobody, () => checkAvailable(missing))).toMatch(/^module missing\.example\/x\/y v1\.9\.9 is not available: the module proxy cannot be reached \(dial tcp/);
});

async function withProxy<T>(url: string, work: () => Promise<T>): Promise<T> {
  const before = process.env['GOPROXY'];
  process.env['GOPROXY'] = url;
  try {
    return await work();
  } finally {
    if (before === undefined) delete process.env['GOPROXY'];
    else process.env['GOPROXY'] = before;
  }
}

async function refusingProxy(): Promise<AsyncDisposable & { url: string }> {
  const server = createServer((_, response) => response.writeHead(403).end('not available'));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => new Promise((closed) => server.close(() => closed())),
  };
}
