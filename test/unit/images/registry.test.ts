import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, test } from 'vitest';
import { allocatorImage } from '../../../src/components/allocator/image.ts';
import { shopDatabase } from '../../../src/components/apps/database.ts';
import { ordersImage, shopDatabaseImage, storefrontImage } from '../../../src/components/apps/images.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { gateImage } from '../../../src/components/gate/image.ts';
import { grafanaImage } from '../../../src/components/grafana/image.ts';
import { grafanaDeployment } from '../../../src/components/grafana/manifests.ts';
import { javaAgentImage, nodeInstrumentationImage } from '../../../src/components/instrumentation/images.ts';
import { k6Image } from '../../../src/components/k6/image.ts';
import { lokiImage } from '../../../src/components/loki/image.ts';
import { mimirImage } from '../../../src/components/mimir/image.ts';
import { operatorImage } from '../../../src/components/operator/image.ts';
import { senderImage } from '../../../src/components/sender/image.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { tempoImage } from '../../../src/components/tempo/image.ts';
import { readArchive } from '../../../src/images/archive-read.ts';
import { challengeIn } from '../../../src/images/registry/challenge.ts';
import { credentialsFor } from '../../../src/images/registry/credentials.ts';
import type { ImageRecipe } from '../../../src/images/source.ts';

const official = [
  collectorImage, allocatorImage, operatorImage, mimirImage, lokiImage, tempoImage, grafanaImage, k6Image, javaAgentImage, nodeInstrumentationImage,
].map((recipe) => recipe('1.2.3'));
const own = [targetImage(), senderImage(), gateImage(), storefrontImage(), ordersImage()];

test('every component that has an official image names it by its version, and no registry\'s host; the others have a Dockerfile', () => {
  for (const { registryImage } of official) expect(registryImage).toMatch(/^(otel|grafana)\/[a-z0-9-]+:1\.2\.3$/);
  expect(shopDatabaseImage().registryImage).toMatch(/^library\/postgres:17\.5$/);
  expect(own.map(({ registryImage, dockerContext }) => [registryImage, typeof dockerContext])).toEqual(own.map(() => [undefined, 'string']));
});

/** The program and its own arguments; the path in front of it is the base image's affair. */
function started({ entrypoint, ...recipe }: ImageRecipe): readonly string[] {
  return [entrypoint.split('/').at(-1) ?? '', ...('args' in recipe ? recipe.args ?? [] : [])];
}

test.each(own)('the Dockerfile of $component starts the same program as the same user, on base images behind the prefix', async (recipe) => {
  const text = await readFile(join(recipe.dockerContext ?? '', 'Dockerfile'), 'utf8');
  const [program = '', ...args] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text)?.[1] ?? '[]') as string[];
  expect([program.split('/').at(-1), ...args]).toEqual(started(recipe));
  expect(text).toContain(`\nUSER ${recipe.user}:${recipe.user}\n`);
  const bases = [...text.matchAll(/^FROM (\S+)/gm)].map((match) => match[1] ?? '');
  expect(bases.every((base) => base === 'scratch' || /^\$\{REGISTRY_PREFIX\}library\/[\w./:-]+$/.test(base))).toBe(true);
});

const place = { runId: 'abcdef', namespace: 'n', image: 'i' };

test('where upstream\'s entry point is a script that adds to what it is given, the program is named itself', () => {
  const grafana = JSON.stringify(grafanaDeployment(place, { adminPassword: 'p' }));
  expect(grafana).toContain('"command":["/usr/share/grafana/bin/grafana"]');
  // Upstream's image sets them to other folders, and they come before the file.
  for (const name of ['DATA', 'LOGS', 'PLUGINS', 'PROVISIONING']) expect(grafana).toContain(`"GF_PATHS_${name}"`);
  expect(grafanaImage('10.0.0-20230609').entrypoint).toBe('/usr/share/grafana/bin/grafana');
  const database = JSON.stringify(shopDatabase(place));
  expect(database).toContain('exec postgres');
  expect(database).not.toContain('/postgres/bin/initdb');
});

test.each([
  ['Basic realm="lab"', { scheme: 'basic' }],
  ['Bearer realm="https://auth.example/token",service="r.example",scope="repository:a/b:pull"', { scheme: 'bearer', realm: 'https://auth.example/token', service: 'r.example', scope: 'repository:a/b:pull' }],
  ['bearer realm="https://auth.example/token"', { scheme: 'bearer', realm: 'https://auth.example/token' }],
  ['Bearer service="x"', undefined],
  ['Negotiate', undefined],
  [undefined, undefined],
])('%s is a challenge', (header, challenge) => {
  expect(challengeIn(header)).toEqual(challenge);
});

test('variables come before what docker login wrote, which is for its own host only', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-login-'));
  try {
    await writeFile(join(folder, 'config.json'), JSON.stringify({ auths: { 'https://r.example/v1/': { auth: btoa('u:p:q') }, 'h.example': {} } }));
    const env = { DOCKER_CONFIG: folder };
    expect(await credentialsFor('r.example', env)).toEqual({ username: 'u', password: 'p:q' });
    expect(await credentialsFor('h.example', env)).toBeUndefined();
    expect(await credentialsFor('evil.example', env)).toBeUndefined();
    expect(await credentialsFor('r.example', { ...env, PLUMBLINE_REGISTRY_USERNAME: 'x', PLUMBLINE_REGISTRY_PASSWORD: 'y' })).toEqual({ username: 'x', password: 'y' });
    expect(await credentialsFor('r.example', { DOCKER_CONFIG: join(folder, 'none') })).toBeUndefined();
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('an archive is read as older engines write it too: layers in folders, links between them, compressed or not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-saved-'));
  const path = join(folder, 'image.tar');
  try {
    const tar = pack();
    tar.entry({ name: 'aa/layer.tar' }, 'first layer');
    tar.entry({ name: 'bb/layer.tar', type: 'symlink', linkname: '../aa/layer.tar' });
    tar.entry({ name: 'cc/layer.tar' }, gzipSync('third layer'));
    tar.entry({ name: 'config.json' }, '{}');
    tar.entry({ name: 'manifest.json' }, JSON.stringify([{ Config: 'config.json', RepoTags: ['x:1'], Layers: ['aa/layer.tar', 'bb/layer.tar', 'cc/layer.tar'] }]));
    tar.finalize();
    await pipeline(tar, createWriteStream(path));
    const { config, layers } = await readArchive(path);
    expect(config).toMatchObject({ size: 2, digest: 'sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' });
    expect(layers.map(({ compression }) => compression)).toEqual(['', '', '+gzip']);
    expect(layers[1]?.digest).toBe(layers[0]?.digest);
    await writeFile(path, 'no archive at all');
    await expect(readArchive(path)).rejects.toThrow();
  } finally {
    await rm(folder, { recursive: true });
  }
});
