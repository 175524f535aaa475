import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pause } from '../../../src/clusters/embedded/builds.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import type { ImageArchive, ImageRecipe } from '../../../src/images/source.ts';
import { until } from '../../../src/run/wait.ts';

/** A containerd of the test's own: nothing of the machine's is touched. */
let root: string;
let stop: () => Promise<void>;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'pl-ctr-'));
  const config = join(root, 'config.toml');
  await mkdir(join(root, 'state'));
  await writeFile(config, [
    'version = 2',
    `root = "${root}/root"`,
    `state = "${root}/state"`,
    'disabled_plugins = ["io.containerd.grpc.v1.cri"]',
    `[grpc]\naddress = "${root}/c.sock"`,
    '[ttrpc]\naddress = ""',
  ].join('\n'));
  const daemon = execa('containerd', ['--config', config], { all: true, reject: false });
  stop = async () => {
    daemon.kill('SIGTERM');
    await daemon;
    await rm(root, { recursive: true, force: true });
  };
  await until('containerd answering', async () => ctr('version').then(() => true), { timeoutMs: 60_000 });
});

afterAll(() => stop());

async function ctr(...args: string[]): Promise<string> {
  return (await execa('ctr', ['--address', join(root, 'c.sock'), '--namespace', 'k8s.io', ...args])).stdout;
}

async function provide(recipe: ImageRecipe): Promise<ImageArchive> {
  const context = { id: 'imptst', dir: root, emit: () => undefined, signal: new AbortController().signal };
  return buildSource().provide(recipe, context, { note: () => undefined, cached: () => undefined });
}

/** The digest of the configuration that containerd stored for an image. */
async function storedConfig(reference: string): Promise<string> {
  const listed = await ctr('images', 'ls', `name==${reference}`);
  const manifest = /sha256:[0-9a-f]{64}/.exec(listed)?.[0] ?? `no digest in ${listed}`;
  const { config } = JSON.parse(await ctr('content', 'get', manifest)) as { config: { digest: string } };
  return config.digest;
}

test('containerd imports an archive under its reference, with the digest that the source named', async () => {
  const archive = await provide(pause);
  await ctr('images', 'import', archive.path);
  expect((await ctr('images', 'ls', '--quiet')).split('\n')).toContain(archive.reference);
  expect(await storedConfig(archive.reference)).toBe(archive.digest);
});

test('what is imported is complete and unpacked', async () => {
  const archive = await provide(targetImage());
  await ctr('images', 'import', archive.path);
  expect(await ctr('images', 'check', `name==${archive.reference}`)).toMatch(/complete \(2\/2\).*true/);
  const mount = join(root, 'mount');
  await mkdir(mount);
  await ctr('images', 'mount', archive.reference, mount);
  try {
    const { stdout } = await execa('stat', ['-c', '%A %u %n', 'target', 'tmp'], { cwd: mount });
    expect(stdout.split('\n')).toEqual(['-rwxr-xr-x 0 target', 'drwxrwxrwt 0 tmp']);
  } finally {
    await ctr('images', 'unmount', '--rm', mount);
  }
});

test('a provided image is found again without a build', async () => {
  const archive = await provide(targetImage());
  expect(await buildSource().check(targetImage())).toEqual({ state: 'cached', archive });
});
