import getPort from 'get-port';
import { afterEach, expect, test, vi } from 'vitest';
import { chooseImageSource } from '../../../src/images/choose.ts';
import { registryOf, registryReachable, registrySource } from '../../../src/images/registry-source.ts';
import { targetImage } from '../../../src/components/target/image.ts';

afterEach(() => vi.unstubAllEnvs());

test('auto builds where the cluster takes archives only, and says so', async () => {
  const { source, reason } = await chooseImageSource('auto');
  expect(source.name).toBe('build');
  expect(reason).toContain('takes image archives only');
});

test('what is asked for is what is used', async () => {
  expect((await chooseImageSource('build')).source.name).toBe('build');
  expect((await chooseImageSource('registry', true)).source.name).toBe('registry');
  await expect(chooseImageSource('registry')).rejects.toMatchObject({ problem: { code: 'PL-IMAGES-UNUSABLE', kind: 'usage' } });
});

test.each([
  ['registry.example/a/b:1', 'registry.example'],
  ['localhost:5000/a:1', 'localhost:5000'],
  ['localhost/a:1', 'localhost'],
  ['otel/collector:1', 'named.example'],
  ['busybox:1', 'named.example'],
])('%s is served by %s', (image, host) => {
  vi.stubEnv('PLUMBLINE_REGISTRY', 'named.example');
  expect(registryOf(image)).toBe(host);
});

test('a host that does not answer is no registry, and the reason is said', async () => {
  const host = `127.0.0.1:${await getPort()}`;
  expect(await registryReachable(host)).toEqual({ reachable: false, reason: expect.stringMatching(`^${host} does not answer: .*ECONNREFUSED`) });
});

test('no registry is assumed where none is named', async () => {
  vi.stubEnv('PLUMBLINE_REGISTRY', '');
  expect(await registryReachable()).toEqual({ reachable: false, reason: expect.stringContaining('no registry is named') });
});

test('an image that no registry has is said to be unavailable before anything starts', async () => {
  expect(await registrySource().check(targetImage())).toEqual({ state: 'unavailable', reason: 'target 1.0.0 has no image in a registry' });
});
