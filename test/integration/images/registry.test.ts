import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { createAuthority, servingCertificate } from '../../../src/clusters/pki.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { mimirImage } from '../../../src/components/mimir/image.ts';
import { operatorImage } from '../../../src/components/operator/image.ts';
import { operatorFiles } from '../../../src/components/operator/files.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { pushedFrom } from '../../../src/images/nodes.ts';
import { registrySource } from '../../../src/images/registry-source.ts';
import { basic } from '../../../src/images/registry/credentials.ts';
import type { ImageArchive } from '../../../src/images/source.ts';
import { newRunId } from '../clusters/support.ts';
import { call } from '../run/cli.ts';
import { startContainerd } from '../support/containerd.ts';
import { startRegistry } from '../support/registry.ts';
import type { StartedRegistry } from '../support/registry.ts';
import { startTokenServer } from '../support/token-server.ts';

const runId = newRunId();
const notes: string[] = [];
const silent = { note: (text: string) => notes.push(text), cached: () => undefined };
const context = { id: runId, dir: '/nonexistent', emit: () => undefined, signal: new AbortController().signal };
const collector = collectorImage('0.131.0');
const official = 'otel/opentelemetry-collector-contrib:0.131.0';

/** Stands in for official images: what is in it makes no difference to any registry. */
let archive: ImageArchive;
let upstream: StartedRegistry;
let digest: string;

beforeAll(async () => {
  archive = await buildSource().provide(targetImage(), context, silent);
  upstream = await startRegistry(runId);
  ({ digest } = await upstream.push(archive, official));
});

afterEach(() => vi.unstubAllEnvs());
afterAll(() => upstream[Symbol.asyncDispose]());

test('an official image is pulled by the digest that its tag leads to, which is asked for once', async () => {
  const before = (await upstream.requests()).length;
  const source = registrySource({ prefix: upstream.url });
  expect(await source.check(collector)).toEqual({ state: 'available', usualMs: 0, pulled: true });
  await source.check(collector);
  expect(await source.provide(collector, context, silent)).toEqual({
    component: 'collector', version: '0.131.0', source: 'registry', digest, reference: `${upstream.host}/${official}@${digest}`,
  });
  expect((await upstream.requests()).slice(before)).toEqual([`HEAD /v2/${official.replace(':', '/manifests/')}`]);
});

test('containerd pulls by that reference what was pushed, whole', async () => {
  const { reference } = await registrySource({ prefix: upstream.url }).provide(collector, context, silent);
  await using containerd = await startContainerd();
  await containerd.ctr('images', 'pull', '--plain-http', reference);
  expect(await containerd.storedConfig(reference)).toBe(archive.digest);
  expect(await containerd.ctr('images', 'check', `name==${reference}`)).toMatch(/complete \(2\/2\).*true/);
});

test('the registry that PLUMBLINE_REGISTRY names is asked, and the nodes keep their own default', async () => {
  vi.stubEnv('PLUMBLINE_REGISTRY', upstream.host);
  expect(await registrySource().provide(collector, context, silent)).toMatchObject({ reference: `${official}@${digest}` });
});

test('a mirror that pulls through is asked by its prefix, and nodes pull through it', async () => {
  await using mirror = await startRegistry(runId, { pullsThrough: upstream.url });
  const { reference } = await registrySource({ prefix: mirror.host }).provide(collector, context, silent);
  expect(reference).toBe(`${mirror.host}/${official}@${digest}`);
  await using containerd = await startContainerd();
  const hosts = join(containerd.root, 'hosts', mirror.host);
  await mkdir(hosts, { recursive: true });
  await writeFile(join(hosts, 'hosts.toml'), `server = "${mirror.url}"\n`);
  await containerd.ctr('images', 'pull', '--hosts-dir', join(containerd.root, 'hosts'), reference);
  expect(await containerd.storedConfig(reference)).toBe(archive.digest);
});

test('a path in the prefix is part of every name', async () => {
  await upstream.push(archive, `hub/team/${official}`);
  const { reference } = await registrySource({ prefix: `${upstream.url}/hub/team` }).provide(collector, context, silent);
  expect(reference).toBe(`${upstream.host}/hub/team/${official}@${digest}`);
});

test('a version that the registry does not have is unavailable, with the nearest release that it has', async () => {
  for (const tag of ['2.17.1', '3.0.1', '3.1.0-rc.0', 'latest', 'r400']) await upstream.push(archive, `grafana/mimir:${tag}`);
  const source = registrySource({ prefix: upstream.url });
  expect(await source.check(mimirImage('3.1.0-20260423'))).toEqual({
    state: 'unavailable', nearest: '3.0.1', reason: `${upstream.host} has no grafana/mimir:3.1.0-20260423; the nearest release that it has is 3.0.1`,
  });
  // It needs no lock.
  expect(await source.check(mimirImage('2.17.1'))).toMatchObject({ state: 'available', pulled: true });
  expect(await source.check(collectorImage('9.9.9'))).toMatchObject({ state: 'unavailable', nearest: expect.any(String) });
  await expect(source.provide(collectorImage('9.9.9'), context, silent)).rejects.toMatchObject({ problem: { code: 'PL-IMAGE-UNAVAILABLE' } });
});

test('the operator comes with the files of its release, and nothing is compiled for them', async () => {
  vi.stubEnv('XDG_CACHE_HOME', await mkdtemp(join(tmpdir(), 'plumbline-cache-')));
  try {
    await upstream.push(archive, 'otel/opentelemetry-operator:0.131.0');
    const source = registrySource({ prefix: upstream.url });
    expect(await source.check(operatorImage('0.131.0'))).toMatchObject({ state: 'available', pulled: true });
    const { files = '' } = await source.provide(operatorImage('0.131.0'), context, silent);
    const { definitions, webhooks, rights } = await operatorFiles(files);
    expect(definitions.map(({ metadata }) => metadata?.name)).toContain('opentelemetrycollectors.opentelemetry.io');
    expect([webhooks.length, rights.length > 10]).toEqual([2, true]);
  } finally {
    await rm(process.env['XDG_CACHE_HOME'] ?? '', { recursive: true });
  }
});

test('what is pushed twice is sent once, and nodes pull it', async () => {
  await using registry = await startRegistry(runId);
  const source = pushedFrom(buildSource(), `${registry.url}/lab`);
  const image = await source.provide(targetImage(), context, silent);
  expect(image.reference).toMatch(new RegExp(`^${registry.host}/lab/target:1\\.0\\.0-[0-9a-f]{12}@sha256:[0-9a-f]{64}$`));
  expect(image).toMatchObject({ source: 'build', component: 'target', digest: image.reference.split('@')[1] });
  const sent = async (): Promise<number> => (await registry.requests()).filter((one) => /^(PUT|POST)/.test(one)).length;
  const first = await sent();
  expect(first).toBe(5);
  expect(await source.provide(targetImage(), context, silent)).toEqual(image);
  expect(await sent()).toBe(first);
  await using containerd = await startContainerd();
  await containerd.ctr('images', 'pull', '--plain-http', image.reference);
  expect(await containerd.storedConfig(image.reference)).toBe(archive.digest);
});

test('a registry that does not answer, speaks no TLS, or shows a certificate that nobody knows is said so in plain words', async () => {
  const reasonOf = async (prefix: string): Promise<string> => {
    const state = await registrySource({ prefix }).check(collector);
    return state.state === 'unavailable' ? state.reason : state.state;
  };
  const closed = `127.0.0.1:${await getPort()}`;
  expect(await reasonOf(closed)).toMatch(`${closed} does not answer: nothing listens there (ECONNREFUSED)`);
  expect(await reasonOf(`https://${upstream.host}`)).toMatch(/it does not speak TLS.*name it with its scheme: http:\/\//);
  await using folder = await certificateFiles();
  await using secured = await startRegistry(runId, { tls: folder });
  expect(await reasonOf(secured.url)).toMatch(/signed by an authority that is not known here.*NODE_EXTRA_CA_CERTS/);
});

const credentials = { username: 'robot', password: 'correct horse' };
const secrets = [credentials.password, basic(credentials).slice('Basic '.length)];

/** As a user sets them. */
function logIn(password = credentials.password): void {
  vi.stubEnv('PLUMBLINE_REGISTRY_USERNAME', credentials.username);
  vi.stubEnv('PLUMBLINE_REGISTRY_PASSWORD', password);
}

test('tokens: anybody may pull, and only who logs in may push', async () => {
  await using tokens = await startTokenServer(basic(credentials));
  await using registry = await startRegistry(runId, { auth: tokens.auth });
  vi.stubEnv('DOCKER_CONFIG', '/nonexistent');
  await expect(registry.push(archive, official)).rejects.toMatchObject({ problem: { code: 'PL-REGISTRY-DENIED', seen: expect.stringContaining('UNAUTHORIZED: authentication required') } });
  logIn();
  await registry.push(archive, official);
  vi.unstubAllEnvs();
  vi.stubEnv('DOCKER_CONFIG', '/nonexistent');
  tokens.asked.length = 0;
  expect(await registrySource({ prefix: registry.url }).provide(collector, context, silent)).toMatchObject({ digest });
  expect(tokens.asked).toEqual([{ scope: 'repository:otel/opentelemetry-collector-contrib:pull', authorization: undefined }]);
  logIn('wrong');
  expect(await registrySource({ prefix: registry.url }).check(collector)).toMatchObject({ state: 'unavailable', reason: expect.stringMatching(/401: .*PLUMBLINE_REGISTRY_USERNAME/) });
});

test('a name and password, from variables or as docker login wrote them, open a registry that asks for them, and are shown to nobody else', async () => {
  await using folder = await passwordFile();
  await using registry = await startRegistry(runId, { auth: { htpasswd: { realm: 'lab', path: folder.path } } });
  vi.stubEnv('DOCKER_CONFIG', folder.dir);
  const denied = await registrySource({ prefix: registry.url }).check(collector);
  expect(denied).toMatchObject({ state: 'unavailable', reason: expect.stringMatching(/401: .*PLUMBLINE_REGISTRY_USERNAME/) });
  logIn();
  await registry.push(archive, official);
  const pushed = await pushedFrom(buildSource(), `${registry.url}/lab`).provide(targetImage(), context, silent);
  const doctor = await call('doctor', '--registry-prefix', registry.url);
  expect(doctor.stdout).toContain(`${registry.host} answers`);
  const wrong = await (logIn('no such'), registry.push(archive, official)).catch((thrown: unknown) => thrown);
  expect(wrong).toBeInstanceOf(PlumblineError);
  vi.unstubAllEnvs();
  vi.stubEnv('DOCKER_CONFIG', folder.dir);
  await writeFile(join(folder.dir, 'config.json'), JSON.stringify({ auths: { [registry.host]: { auth: secrets[1] } } }));
  const image = await registrySource({ prefix: registry.url }).provide(collector, context, silent);
  const shown = [JSON.stringify([denied, pushed, image, notes]), doctor.stdout, doctor.stderr, JSON.stringify(wrong, Object.getOwnPropertyNames(wrong)), String((wrong as Error).stack)];
  for (const secret of [...secrets, 'no such']) expect(shown.filter((text) => text.includes(secret))).toEqual([]);
});

async function passwordFile(): Promise<AsyncDisposable & { readonly dir: string; readonly path: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'plumbline-password-'));
  // bcrypt of `correct horse`.
  await writeFile(join(dir, 'htpasswd'), 'robot:$2a$04$9pQEIDsCv2pa/L1VDknG4ewCNaUm2AklxNCoGVvqTICwkMbYMtKHy\n');
  return { dir, path: join(dir, 'htpasswd'), [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

async function certificateFiles(): Promise<AsyncDisposable & { readonly certificate: string; readonly key: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'plumbline-tls-'));
  const { cert, key } = await servingCertificate(await createAuthority('nobody'), 'registry', ['localhost'], ['127.0.0.1']);
  const files = { certificate: join(dir, 'cert.pem'), key: join(dir, 'key.pem') };
  await Promise.all([writeFile(files.certificate, cert), writeFile(files.key, key)]);
  return { ...files, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}
