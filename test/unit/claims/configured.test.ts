import { expect, test } from 'vitest';
import { binds, checkBinding } from '../../../src/claims/binding.ts';
import { loadCatalog, selectClaims } from '../../../src/claims/catalog.ts';
import { sidesOf } from '../../../src/claims/sides.ts';
import type { SideOptions } from '../../../src/claims/sides.ts';
import { configuredWords } from '../../../src/platform/configured.ts';
import type { PlatformSpec } from '../../../src/platform/spec.ts';

async function specs(id: string, options: Partial<SideOptions>): Promise<readonly PlatformSpec[]> {
  const [entry] = selectClaims(await loadCatalog(), [id]);
  return (await sidesOf(entry!.claim, { settings: {}, ...options })).map(({ spec }) => spec);
}

const file = 'plumbline.config.yaml';
const versions = { collector: '0.128.0', allocator: '0.127.0', operator: '0.128.0', mimir: '9', tempo: '8', k6: '7' };

test('versions of a configuration take the place of a platform\'s own, where it has the component', async () => {
  const [own, twin] = await specs('SD-2', { configured: { file, versions } });
  expect([own?.collector.version, own?.allocator?.version, own?.operator?.version, own?.mimir, own?.load]).toEqual(['0.128.0', '0.127.0', '0.128.0', null, null]);
  expect([twin?.collector.version, twin?.allocator]).toEqual(['0.128.0', { version: '0.127.0', strategy: 'consistent-hashing' }]);
  expect((await specs('DL-1', { configured: { file, versions } }))[0]).toMatchObject({ mimir: { version: '9' }, tempo: { version: '8' }, loki: { version: '3.5.1' }, load: { version: '7', requestsPerSecond: 50 } });
});

test('what a flag sets holds in their place, and what is wrong with a twin in place of either', async () => {
  const [own] = await specs('SD-2', { configured: { file, versions }, settings: { 'collector.version': '0.131.0' } });
  expect([own?.collector.version, own?.operator?.version]).toEqual(['0.131.0', '0.128.0']);
  expect((await specs('BS-2', { configured: { file, versions } }))[1]?.tempo).toEqual({ version: '2.8.0-20250529', multitenancy: true });
  expect((await specs('DL-5', { configured: { file, collector: { queue: 'none' } } })).map(({ collector }) => collector.queue)).toEqual(['none', 'memory']);
});

test('a claim about a pair of versions keeps its own, twin and cells as well; of what it does not pair it has the configuration\'s', async () => {
  const pairs = async (options: Partial<SideOptions>) => (await specs('VC-1', options)).map(({ allocator, collector }) => `${allocator?.version} ${collector.version}`);
  expect(await pairs({ configured: { file, versions } })).toEqual(await pairs({}));
  expect((await specs('VC-1', { configured: { file, versions } }))[0]?.mimir?.version).toBe('9');
  expect(await pairs({ settings: { 'collector.version': '0.128.0' } })).toContain('0.131.0 0.128.0');
});

test('a size is given to nodes that have one, a load to platforms that have one, and no allocator takes away the one that is there', async () => {
  const configured = { file, nodeSizes: { 'node-2': { memoryMiB: 3000 }, 'node-9': { memoryMiB: 3000 } }, load: { requestsPerSecond: 5, spansPerSecond: 300 }, allocator: null };
  expect((await specs('SN-5', { configured }))[0]).toMatchObject({ nodeSizes: { 'node-2': { memoryMiB: 3000, othersMiB: 300 }, 'node-3': { memoryMiB: 4096 } }, load: null, sizing: { spansPerSecond: 300, spanBytes: 4000 } });
  const [own] = await specs('DL-3', { configured });
  expect([own?.nodeSizes, own?.load, own?.sizing, own?.allocator]).toMatchObject([{}, { requestsPerSecond: 5, seconds: 4 }, undefined, null]);
});

test('settings of collectors are said beside a user\'s file, and hold in its place', async () => {
  const collectorConfig = { file: 'mine.yaml', digest: 'sha256:0', processors: {}, pipelines: { traces: { processors: [] } } };
  const [own] = await specs('DL-1', { collectorConfig, configured: { file, collector: { queue: 'persistent' } } });
  expect(own?.collector.config?.said).toContain('queue');
});

test('where a platform has one tenant it becomes the user\'s first', async () => {
  const tenants = { a: {}, b: {} };
  expect((await specs('DL-6', { tenants })).map((spec) => Object.keys(spec.tenants))).toEqual([['a'], ['a']]);
  expect(Object.keys((await specs('TI-3', { tenants }))[0]?.tenants ?? {})).toEqual(['a', 'b']);
});

test('all that it says can be told', () => {
  expect(configuredWords({ file, versions: { collector: '1', loki: '2' }, allocator: null, nodeSizes: { 'node-2': { memoryMiB: 3 } } })).toBe('versions.collector 1, versions.loki 2, allocator none, nodeSizes.node-2.memoryMiB 3');
});

test('claims bind by id or area in any case; a name that is none is refused with the nearest', async () => {
  const claim = { id: 'SD-1', area: 'scrape-dedup' };
  expect([undefined, ['sd-1'], ['Scrape-Dedup'], ['SD-2', 'delivery'], []].map((binding) => binds(claim, binding))).toEqual([true, true, true, false, false]);
  const catalog = await loadCatalog();
  expect(() => checkBinding(catalog, ['SD-1', 'delivary'])).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code: 'PL-CLAIM-UNKNOWN', seen: 'binding: delivary', next: expect.stringContaining('delivery') }) }) as Error);
});
