import { expect, test } from 'vitest';
import { loadCatalog, selectClaims } from '../../../src/claims/catalog.ts';
import { sidesOf } from '../../../src/claims/sides.ts';
import type { SideOptions } from '../../../src/claims/sides.ts';

const collectorConfig = { file: 'mine.yaml', digest: 'sha256:0', processors: {}, pipelines: { traces: { processors: [] } } };

/** What holds in place of the user's configuration, by side. */
async function said(id: string, settings: SideOptions['settings'] = {}): Promise<readonly unknown[]> {
  const [entry] = selectClaims(await loadCatalog(), [id]);
  const sides = await sidesOf(entry!.claim, { settings, collectorConfig });
  return sides.map(({ spec }) => spec.collector.config?.said);
}

test('a user\'s configuration holds on a claim\'s own platform, and what is wrong with the twin stays wrong', async () => {
  expect(await said('DL-4')).toEqual([[], ['queue', 'retry']]);
  // The claim's file says more than the user's: a queue in files.
  expect(await said('DL-5')).toEqual([[], ['queue']]);
  expect(await said('TI-2')).toEqual([[], []]);
  expect(await said('SN-1')).toEqual([[], ['on']]);
});

test('a setting of the same call is said later than the file', async () => {
  expect(await said('DL-4', { 'collector.config': 'mine.yaml', 'collector.retry': 'true', 'mimir.version': '3.1.0-20260423' })).toEqual([['retry'], ['retry', 'queue']]);
});

test('collectors that take nothing have no place for it', async () => {
  expect(await said('SD-2')).toEqual([undefined, undefined]);
  expect(await said('VC-1')).toEqual([undefined, undefined, undefined, undefined]);
});

test('pipelines that a platform\'s own file says give way to a user\'s file, and what is set gives way to neither', async () => {
  const [entry] = selectClaims(await loadCatalog(), ['PO-1']);
  const config = async (options: SideOptions) => (await sidesOf(entry!.claim, options)).map(({ spec }) => spec.collector);
  const own = await config({ settings: { 'collector.queue': 'none' } });
  expect(own[0]?.config).toMatchObject({ pipelines: { logs: { processors: ['memory_limiter', 'k8sattributes', 'filter/kube-system', 'batch'] } }, said: ['queue'] });
  expect(own[0]?.config).not.toHaveProperty('file');
  const users = await config({ settings: {}, collectorConfig });
  expect(users.map(({ config: one, misplaced }) => [one?.file, one?.pipelines, misplaced])).toEqual([undefined, 'memory_limiter', 'filter', 'batch'].map((misplaced) => ['mine.yaml', collectorConfig.pipelines, misplaced]));
});

test('a pipeline is patched like anything else of a platform', async () => {
  const [entry] = selectClaims(await loadCatalog(), ['PO-2']);
  const [own, twin] = await sidesOf(entry!.claim, { settings: {} });
  expect(twin?.spec.collector.config).toEqual({ ...own?.spec.collector.config, pipelines: { traces: { processors: own?.spec.collector.config?.pipelines.traces?.processors.toReversed() } } });
});
