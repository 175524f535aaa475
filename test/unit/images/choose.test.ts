import getPort from 'get-port';
import { afterEach, expect, test, vi } from 'vitest';
import { chooseImageSource } from '../../../src/images/choose.ts';
import { registrySource } from '../../../src/images/registry-source.ts';
import { registryPlace } from '../../../src/images/registry/place.ts';
import { namedRegistry, registryReachable } from '../../../src/images/registry/reachable.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { targetImage } from '../../../src/components/target/image.ts';

const archivesOnly = { pullsImages: false, imageArchives: true };
const both = { pullsImages: true, imageArchives: true };
const pullsOnly = { pullsImages: true, imageArchives: false };

afterEach(() => vi.unstubAllEnvs());

test('auto builds where the nodes take archives only, and says so', async () => {
  const { source, reason } = await chooseImageSource('auto', archivesOnly);
  expect(source.name).toBe('build');
  expect(reason).toContain('take image archives only');
});

test('auto builds where no registry answers, and says which did not', async () => {
  const host = `127.0.0.1:${await getPort()}`;
  const { source, reason } = await chooseImageSource('auto', both, { registryPrefix: `${host}/hub` });
  expect(source.name).toBe('build');
  expect(reason).toMatch(`no registry answers (${host} does not answer: nothing listens there (ECONNREFUSED))`);
});

test('what is asked for is what is used', async () => {
  expect((await chooseImageSource('build', both)).source.name).toBe('build');
  expect((await chooseImageSource('registry', both)).source.name).toBe('registry');
});

test.each([
  ['registry', {}, '--images registry'],
  ['build', { pushTo: 'localhost:5000' }, '--push-to'],
] as const)('what needs nodes that pull is refused where they take archives only: %s', async (mode, settings, seen) => {
  await expect(chooseImageSource(mode, archivesOnly, settings)).rejects.toMatchObject({ problem: { code: 'PL-IMAGES-UNUSABLE', kind: 'usage', seen: expect.stringContaining(seen) } });
});

test('what is built here is out of reach of nodes that only pull, and one push away from them', async () => {
  vi.stubEnv('PLUMBLINE_REGISTRY', '');
  const { source, reason } = await chooseImageSource('build', pullsOnly);
  expect(reason).toContain('without --push-to');
  expect(await source.check(targetImage())).toMatchObject({ state: 'unavailable', outOfReach: true, reason: expect.stringMatching(/^it has no official image, and .*--push-to$/) });
  const host = `127.0.0.1:${await getPort()}`;
  const pushed = await chooseImageSource('build', pullsOnly, { pushTo: host });
  expect(pushed.reason).toContain(`pushed to ${host}`);
  expect(await pushed.source.check(targetImage())).toEqual({ state: 'unavailable', reason: `it cannot be pushed: ${host} does not answer: nothing listens there (ECONNREFUSED)` });
});

test.each([
  ['mirror.example:5000/hub', { host: 'mirror.example:5000', path: 'hub', plain: false }],
  ['http://mirror.example/a/b/', { host: 'mirror.example', path: 'a/b', plain: true }],
  ['https://localhost:5000', { host: 'localhost:5000', path: '', plain: false }],
  ['localhost:5000', { host: 'localhost:5000', path: '', plain: true }],
  ['127.0.0.1:5000/hub', { host: '127.0.0.1:5000', path: 'hub', plain: true }],
  ['[::1]:5000', { host: '[::1]:5000', path: '', plain: true }],
])('a registry is named as %s', (text, place) => {
  expect(registryPlace(text, 'x')).toEqual(place);
});

test.each(['', 'ftp://x', 'two words', 'host/UPPER', 'who:secret@host'])('%j names no registry, and no secret is repeated', (text) => {
  const attempt = (): unknown => registryPlace(text, '--push-to');
  expect(attempt).toThrow(/PL-REGISTRY-INVALID/);
  expect(attempt).not.toThrow(/secret/);
});

test('the prefix comes before PLUMBLINE_REGISTRY, and no registry is assumed where neither is set', async () => {
  expect(namedRegistry('a.example', { PLUMBLINE_REGISTRY: 'b.example' })?.host).toBe('a.example');
  expect(namedRegistry(undefined, { PLUMBLINE_REGISTRY: 'b.example' })?.host).toBe('b.example');
  expect(await registryReachable(namedRegistry(undefined, {}))).toEqual({ reachable: false, reason: expect.stringContaining('set PLUMBLINE_REGISTRY') });
});

test('an image that no registry can be asked for is said to be unavailable before anything starts', async () => {
  vi.stubEnv('PLUMBLINE_REGISTRY', '');
  expect(await registrySource().check(targetImage())).toEqual({ state: 'unavailable', reason: 'target 1.0.0 has no official image' });
  expect(await registrySource().check(collectorImage('0.131.0'))).toMatchObject({ state: 'unavailable', reason: expect.stringContaining('set PLUMBLINE_REGISTRY') });
});
