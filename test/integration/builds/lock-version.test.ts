import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nanoid } from 'nanoid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLock } from '../../../src/builds/lock/lock.ts';
import { lockModule } from '../../../src/builds/lock/module.ts';
import { scratchRoot } from '../../../src/builds/folders.ts';
import { lockOf } from '../../../src/builds/versions.ts';
import { grafanaVersions, locksDir as grafanaLocks } from '../../../src/components/grafana/image.ts';
import { lockVersion } from '../../../src/components/lock-version.ts';
import type { LockableComponent } from '../../../src/components/lock-version.ts';
import { main } from '../../../src/cli/main.ts';

const before = process.env['XDG_DATA_HOME'];
const module = 'github.com/google/wire';
const wire: LockableComponent = {
  name: 'wire',
  versions: () => [],
  image: (version) => ({ component: 'wire', version, entrypoint: '/wire', build: { name: 'wire', version, ...lockOf('wire', version, '/nowhere'), package: `${module}/cmd/wire`, usualSeconds: 5 } }),
  lockable: { locksDir: '/nowhere', module, write: async (folder, version, { go }) => void (await lockModule(folder, { name: 'wire', module, version: `v${version}`, packages: [`${module}/cmd/wire`] }, go)) },
};

let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-locks-'));
  process.env['XDG_DATA_HOME'] = home;
});

afterEach(async () => {
  if (before === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = before;
  await rm(home, { recursive: true, force: true });
  expect((await readdir(scratchRoot()).catch(() => [])).filter((name) => name.startsWith(`${process.pid}-lock`))).toEqual([]);
});

const options = () => ({ signal: new AbortController().signal, runId: nanoid(6) });
const left = () => readdir(join(home, 'plumbline'), { recursive: true }).catch(() => []);

test('a version is resolved to the lock that it has elsewhere, in the user\'s folder, and is a version from then on', async () => {
  const folder = await lockVersion(wire, '0.7.0', options());
  expect(folder).toBe(join(home, 'plumbline', 'locks', 'wire', '0.7.0'));
  expect(await readdir(join(home, 'plumbline', 'locks', 'wire'))).toEqual(['0.7.0']);
  const committed = join(grafanaLocks, grafanaVersions()[0] ?? '', 'wire');
  for (const file of ['go.mod', 'go.sum']) expect(await readFile(join(folder ?? '', file), 'utf8')).toBe(await readFile(join(committed, file), 'utf8'));
  expect(lockOf('wire', '0.7.0', '/nowhere')).toEqual({ lockDir: folder });
});

test('a version that does not exist is an error that says what can be had, and leaves nothing', async () => {
  await expect(lockVersion(wire, '9.9.9', options())).rejects.toMatchObject({
    problem: { code: 'PL-VERSION-UNAVAILABLE', expected: 'every module that wire 9.9.9 is built from', seen: expect.stringMatching(/^module github.com\/google\/wire v9\.9\.9 is not available/) },
  });
  expect(await left()).not.toContain(join('locks', 'wire'));
  expect(await main(['versions', 'add', 'allocator', '9.9.9'])).toBe(3);
  expect(await left()).not.toContain(join('locks', 'allocator'));
});

test('what fails or is given up half-way leaves the lock that was there', async () => {
  const folder = await lockVersion(wire, '0.7.0', options()) ?? '';
  const aborted = new AbortController();
  await expect(makeLock(folder, { ...options(), signal: aborted.signal }, async (draft, { go }) => {
    aborted.abort(new Error('given up'));
    await lockModule(draft, { name: 'wire', module, version: 'v0.6.0', packages: [`${module}/cmd/wire`] }, go);
  })).rejects.toThrow('given up');
  expect(await readdir(join(home, 'plumbline', 'locks', 'wire'))).toEqual(['0.7.0']);
  expect(await readFile(join(folder, 'go.mod'), 'utf8')).toContain('wire v0.7.0');
});
