import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkAvailable } from '../../../src/builds/available.ts';
import { goEnvironment, toolchain } from '../../../src/builds/toolchain.ts';

const path = process.env['PATH'];
let empty: string;

beforeEach(async () => {
  empty = await mkdtemp(join(tmpdir(), 'plumbline-path-'));
  process.env['PATH'] = empty;
});

afterEach(async () => {
  process.env['PATH'] = path;
  await rm(empty, { recursive: true, force: true });
});

test('a machine without Go is told what to install', async () => {
  await expect(toolchain()).rejects.toMatchObject({
    problem: { code: 'PL-GO-MISSING', kind: 'environment', seen: 'no `go` on the PATH', next: expect.stringMatching(/^Install Go \d/) },
  });
});

test('a plan gets the same as a reason, not as an error', async () => {
  const build = { name: 'x', version: '1.0.0', lockDir: empty, package: '.', usualSeconds: 1 };
  expect(await checkAvailable(build)).toMatch(/^x 1\.0\.0 cannot be built: no `go` on the PATH\. Install Go/);
});

test('the user’s flags do not change what is built', () => {
  const env = goEnvironment({ goCache: '/c', temp: '/t' }, 'abc123');
  expect(env).toMatchObject({ GOFLAGS: '-buildvcs=false', GOWORK: 'off', CGO_ENABLED: '0', GOTOOLCHAIN: 'local', PLUMBLINE_RUN: 'abc123' });
});
