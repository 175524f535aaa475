import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startEngine } from '../../../scripts/docker/engine.ts';
import { operatorFiles } from '../../../src/components/operator/files.ts';
import { operatorImage } from '../../../src/components/operator/image.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import type { FilesOf } from '../../../src/builds/module-files.ts';
import { dockerModuleFiles } from '../../../src/images/docker-build/module-files.ts';
import { dockerImages } from '../../../src/images/docker-build/source.ts';
import type { Plan } from '../../../src/reports/plan.ts';
import { newRunId } from '../clusters/support.ts';
import { start } from '../run/cli.ts';
import { startContainerd } from '../support/containerd.ts';
import { importGolang } from '../support/golang-image.ts';
import { startRegistry } from '../support/registry.ts';
import type { StartedRegistry } from '../support/registry.ts';

/** A machine with a Docker engine and a registry, which is all that registry images ask for. */
const runId = newRunId();
const silent = { note: () => undefined, cached: () => undefined };
const context = { id: runId, dir: '', emit: () => undefined, signal: new AbortController().signal };
const operator = { path: 'github.com/open-telemetry/opentelemetry-operator', version: 'v0.131.0' };
const all = new AsyncDisposableStack();
let docker: (...args: string[]) => Promise<string>;
let registry: StartedRegistry;
/** Only under this prefix has the engine a `golang`. */
let prefix: string;

beforeAll(async () => {
  registry = all.use(await startRegistry(runId));
  prefix = `${registry.host}/hub`;
  const { host } = all.use(await startEngine(runId, context.signal));
  docker = async (...args) => (await execa('docker', ['--host', host, ...args])).stdout;
  await importGolang(host, `${prefix}/library/golang:1.26`, operator);
  context.dir = await mkdtemp(join(tmpdir(), 'plumbline-cache-'));
  all.defer(() => rm(context.dir, { recursive: true, force: true }));
  vi.stubEnv('DOCKER_HOST', host);
  vi.stubEnv('XDG_CACHE_HOME', context.dir);
});

afterAll(() => all[Symbol.asyncDispose]());

test('without its base image nothing is begun, and the reason names what is missing', async () => {
  expect(await dockerImages({ prefix: `${registry.host}/elsewhere` }).check(targetImage())).toEqual({
    state: 'unavailable', reason: `${registry.host} has no elsewhere/library/golang:1.26 to build with`,
  });
});

test('an engine builds an own image from its Dockerfile, and it is an archive like any other; nothing of it stays on the engine', async () => {
  const before = await docker('images', '--all', '--quiet');
  const source = dockerImages({ prefix });
  expect(await source.check(targetImage())).toMatchObject({ state: 'available' });
  const archive = await source.provide(targetImage(), context, silent);
  expect(archive).toMatchObject({ component: 'target', source: 'docker', reference: expect.stringMatching(/^plumbline\.local\/target:1\.0\.0-docker-/) });
  expect(await docker('images', '--all', '--quiet')).toBe(before);
  expect(await docker('ps', '--all', '--quiet')).toBe('');
  expect(await source.check(targetImage())).toEqual({ state: 'cached', archive });
  await using containerd = await startContainerd();
  await containerd.ctr('images', 'import', archive.path);
  expect(await containerd.storedConfig(archive.reference)).toBe(archive.digest);
  const pushed = await registry.push(archive, 'lab/target:1.0.0');
  await containerd.ctr('images', 'pull', '--plain-http', pushed.reference);
  expect(await containerd.storedConfig(pushed.reference)).toBe(archive.digest);
});

test('an engine takes the files of the operator\'s release out of its module, where the checksum is the lock\'s', async () => {
  vi.stubEnv('GOPROXY', 'file:///proxy');
  vi.stubEnv('GOSUMDB', 'off');
  const build = operatorImage('0.131.0').build as FilesOf;
  const { definitions, webhooks } = await operatorFiles(await dockerModuleFiles(build, prefix, { signal: context.signal, runId, step: silent }));
  expect([definitions.some(({ metadata }) => metadata?.name === 'instrumentations.opentelemetry.io'), webhooks.length]).toEqual([true, 2]);
  const lockDir = join(context.dir, 'lock');
  await mkdir(lockDir);
  // A lock says which version of the module it is, and what it weighs.
  await copyFile(join(build.lockDir, 'go.mod'), join(lockDir, 'go.mod'));
  await writeFile(join(lockDir, 'go.sum'), `${operator.path} ${operator.version} h1:another=\n`);
  await expect(dockerModuleFiles({ ...build, lockDir }, prefix, { signal: context.signal, runId, step: silent })).rejects.toMatchObject({ problem: { code: 'PL-BUILD-FAILED' } });
  expect(await docker('images', '--all', '--format', '{{.Repository}}')).toBe(`${prefix}/library/golang`);
});

test('a machine without Go plans official images by version and own ones by its engine, and is told which versions it can have', async () => {
  const archive = await dockerImages({ prefix }).provide(targetImage(), context, silent);
  for (const name of ['opentelemetry-collector-contrib', 'target-allocator', 'opentelemetry-operator']) await registry.push(archive, `hub/otel/${name}:0.131.0`);
  await registry.push(archive, 'hub/grafana/mimir:3.0.1');
  const env = { PATH: await withoutGo() };
  const images = ['--provider=k3s', '--images=registry', `--registry-prefix=http://${prefix}`, `--k3s-image=${prefix}/library/golang:1.26`];
  const first = await start(['run', 'SD-1', '--dry-run', '--json', ...images], env);
  expect(first.exitCode).toBe(3);
  expect((JSON.parse(first.stdout) as Plan).problems).toEqual([
    `mimir 3.1.0-20260423 cannot be had: ${registry.host} has no hub/grafana/mimir:3.1.0-20260423; the nearest release that it has is 3.0.1 (--set mimir.version=3.0.1)`,
  ]);
  const second = await start(['run', 'SD-1', '--dry-run', '--json', '--set', 'mimir.version=3.0.1', ...images], env);
  expect(second.exitCode).toBe(0);
  expect(JSON.parse(second.stdout) as Plan).toMatchObject({ problems: [], imageSource: { name: 'registry' } });
  const wrong = await start(['run', 'SD-1', '--set', 'mimir.version=3.0.1', '--set', 'collector.version=0.131.9', '--output', join(context.dir, 'out'), ...images], env);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringMatching(/PL-IMAGE-UNAVAILABLE[^]*choose another version with --set collector\.version=0\.131\.0/)]);
});

/** The folders of this machine's programs that hold no Go. */
async function withoutGo(): Promise<string> {
  const { stdout } = await execa('which', ['-a', 'go']);
  const folders = stdout.split('\n').map((path) => path.replace(/\/go$/, ''));
  return (process.env['PATH'] ?? '').split(':').filter((folder) => !folders.includes(folder)).join(':');
}
