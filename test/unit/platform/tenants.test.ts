import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PlumblineError } from '../../../src/errors.ts';
import { clusterOfTenant, clustersOf } from '../../../src/platform/clusters.ts';
import { clusterImages, platformImages } from '../../../src/platform/images.ts';
import { patchPlatform } from '../../../src/platform/platform-file.ts';
import { platformSpec } from '../../../src/platform/spec.ts';
import { readUserTenants, renamedFor, withUserTenants } from '../../../src/platform/user-tenants.ts';

const folder = await mkdtemp(join(tmpdir(), 'plumbline-tenants-'));
afterAll(() => rm(folder, { recursive: true }));

const platform = platformSpec.parse({
  nodes: 1, clusters: ['management', 'dev', 'prod'], collector: { version: '0.131.0' }, mimir: { version: '3.1.0-20260423' },
  tenants: { 'scp-dev': { cluster: 'dev', limits: { mimir: { ingestion_rate: 1000 } } }, 'scp-prod': { cluster: 'prod' } },
  limitChange: { tenant: 'scp-dev', limit: 'max_global_series_per_user', factor: 3 },
});

async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown: unknown = await work.then(() => new Error('nothing was thrown'), (error: unknown) => error);
  if (!(thrown instanceof PlumblineError)) throw thrown;
  return `${thrown.problem.code}: ${thrown.problem.expected}: ${thrown.problem.seen}`;
}

async function file(text: string): Promise<string> {
  const path = join(folder, `${Math.random()}.yaml`);
  await writeFile(path, text);
  return path;
}

test('each part of a platform has its cluster, and where a provider makes one only, all are in that', () => {
  expect([...clustersOf(platform)].map(([name, cluster]) => `${name}: ${cluster.name}`)).toEqual(['management: management1', 'dev: dev1', 'prod: prod1']);
  expect([...clustersOf(platform).values()].map(({ place }) => place)).toEqual([0, 1, 2]);
  expect([clusterOfTenant(platform, 'scp-prod'), clusterOfTenant(platformSpec.parse({ ...platform, tenants: { x: {} }, limitChange: undefined }), 'x')]).toEqual(['prod', 'management']);
});

test('nodes get the images of what runs on them, and no others', () => {
  const components = (cluster: string): string[] => clusterImages(platform, cluster).map((image) => image.component);
  expect(components('management')).toEqual(['mimir']);
  expect(components('dev')).toEqual(['collector', 'sender']);
  expect(platformImages(platform).map((image) => image.component)).toEqual(['mimir', 'collector', 'sender']);
});

test('names that one part of a platform gives to another must be there', () => {
  const wrong = { tenants: { 'scp-prod': { taggedAs: 'scp-deb' } } };
  expect(() => patchPlatform(platform, wrong, 'x')).toThrow(/tenants.scp-prod.taggedAs: scp-deb is none of scp-dev, scp-prod/);
  expect(() => patchPlatform(platform, { tenants: { 'scp-dev': { cluster: 'test' } } }, 'x')).toThrow(/test is none of management, dev, prod/);
});

test('a user\'s tenants take the places of the platform\'s own, with their own limits, in its twin as well', () => {
  const tenants = { 'team-a': { mimir: { ingestion_rate: 5 } }, 'team-b': {}, 'team-c': {} };
  const own = withUserTenants(platform, tenants);
  expect(own.tenants).toEqual({
    'team-a': { cluster: 'dev', limits: { mimir: { ingestion_rate: 5 } } }, 'team-b': { cluster: 'prod', limits: {} }, 'team-c': { limits: {} },
  });
  expect(own.limitChange?.tenant).toBe('team-a');
  const twin = patchPlatform(own, renamedFor(platform, tenants, { tenants: { 'scp-prod': { taggedAs: 'scp-dev' } } }), 'twin');
  expect(twin.tenants['team-b']).toMatchObject({ cluster: 'prod', taggedAs: 'team-a' });
  expect(Object.keys(twin.tenants)).toEqual(['team-a', 'team-b', 'team-c']);
});

test('a platform without tenants stays as it is', () => {
  const scraped = platformSpec.parse({ nodes: 3, collector: { version: '0.131.0' }, targets: { pods: 12 } });
  expect(withUserTenants(scraped, { a: {}, b: {} })).toEqual(scraped);
});

test('a tenants file that cannot be used says what is wrong with it', async () => {
  expect(await readUserTenants(await file('tenants: {a: {mimir: {ingestion_rate: 1}}, b: {}}'))).toEqual({ a: { mimir: { ingestion_rate: 1 } }, b: {} });
  expect(await codeOf(readUserTenants(join(folder, 'none.yaml')))).toContain('PL-TENANTS-INVALID: a file that can be read');
  expect(await codeOf(readUserTenants(await file('tenants: [')))).toContain('PL-TENANTS-INVALID: YAML');
  expect(await codeOf(readUserTenants(await file('')))).toContain('PL-TENANTS-INVALID: tenants with limits by backend');
  expect(await codeOf(readUserTenants(await file('tenants: {a: {}}')))).toContain('at least two');
  expect(await codeOf(readUserTenants(await file('tenants: {a: {cortex: {}}, b: {}}')))).toContain('cortex');
});
