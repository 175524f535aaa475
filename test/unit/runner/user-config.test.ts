import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadCatalog, selectClaims } from '../../../src/claims/catalog.ts';
import { builderConfig } from '../../../src/components/collector/parts.ts';
import { takeConfig } from '../../../src/components/collector/user-config-take.ts';
import type { ReadConfig } from '../../../src/components/collector/user-config-file.ts';
import type { Abilities } from '../../../src/clusters/provider.ts';
import type { ImageSource } from '../../../src/images/source.ts';
import type { PlannedConfig } from '../../../src/reports/plan.ts';
import { ImageStates } from '../../../src/runner/image-states.ts';
import type { RunOptions } from '../../../src/runner/options.ts';
import { resolveClaims } from '../../../src/runner/resolved-claims.ts';
import { planUserConfig } from '../../../src/runner/user-config.ts';

const able: Abilities = {
  usable: true, findings: [], installable: [], nodeMemory: 'none', imageArchives: true, pullsImages: false, clusters: 9, nodes: 9, ownNodes: true, podsReachableFromHost: false,
};

const everything: ImageSource = { name: 'build', check: async () => ({ state: 'available', usualMs: 0 }), provide: () => Promise.reject(new Error('not asked')) };

/** A version of the user's, locked without two parts. */
const lesser = '9.0.0';
const before = process.env['XDG_DATA_HOME'];
let home: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-data-'));
  process.env['XDG_DATA_HOME'] = home;
  const folder = join(home, 'plumbline', 'locks', 'collector', lesser);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'builder.yaml'), builderConfig({ version: lesser, core: lesser, stable: lesser }, ['tailsamplingprocessor', 'filestorage']));
});

afterAll(async () => {
  if (before === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = before;
  await rm(home, { recursive: true, force: true });
});

/** Of settings that the collector takes: where it is built already, the plan asks it. */
function config(processor: string, { queue = '', signal = 'logs', settings = '' } = {}): ReadConfig {
  const text = `{processors: {${processor}: {${settings}}}, exporters: {otlphttp: {${queue}}}, service: {pipelines: {${signal}: {processors: [${processor}], exporters: [otlphttp]}}}}`;
  const taken = takeConfig(text, 'mine.yaml');
  return { notes: taken.notes, config: { file: 'mine.yaml', digest: 'sha256:0', ...taken.config } };
}

async function planned(ids: readonly string[], collectorConfig: ReadConfig, { set = {}, name = 'build' as ImageSource['name'] } = {}): Promise<PlannedConfig> {
  const claims = await resolveClaims(selectClaims(await loadCatalog(), ids), { set, collectorConfig } as unknown as RunOptions, able, new ImageStates(everything));
  return planUserConfig(collectorConfig, claims, { name });
}

const refused = (seen: string, expected = '') => ({ problem: { code: 'PL-COLLECTOR-CONFIG', kind: 'usage', seen, expected: expect.stringContaining(expected) as string } });

test('the plan names file and digest, what is not as it was written, and the claims that have no place for it', async () => {
  expect(await planned(['DL-4', 'SD-1'], config('batch'))).toEqual({ file: 'mine.yaml', digest: 'sha256:0', notes: [
    'it has no pipeline of traces, and the seed\'s is in its place', 'it has no pipeline of metrics, and the seed\'s is in its place',
    'the collectors of SD-1 scrape and take no OTLP: it has no place in them',
  ] });
  const { notes } = await planned(['TI-2'], config('batch'), { set: { 'collector.config': 'mine.yaml', 'collector.queue': 'none', 'collector.version': '0.131.0' } });
  expect(notes.at(-1)).toBe('collector.queue holds in its place, as it is set beside it');
  await expect(planned(['SD-1', 'VC-1'], config('batch'))).rejects.toMatchObject(refused('SD-1, VC-1'));
});

test('a processor that the collector is not built with is refused with what it has, and not dropped', async () => {
  const tailSampling = config('tail_sampling', { signal: 'traces', settings: 'policies: [{name: all, type: always_sample}]' });
  await expect(planned(['TI-2'], config('probabilistic_sampler/x'))).rejects.toMatchObject(refused('processor probabilistic_sampler/x in its pipeline of logs', '0.131.0 is built with (processors: attributes, batch, filter,'));
  await expect(planned(['DL-7'], tailSampling, { set: { 'collector.version': lesser } })).rejects.toMatchObject(refused('processor tail_sampling in its pipeline of traces', lesser));
  await expect(planned(['DL-7'], tailSampling)).resolves.toBeDefined();
});

test('so is a queue in files where the build has no such extension', async () => {
  const queue = 'sending_queue: {storage: file_storage/x}';
  await expect(planned(['TI-2'], config('batch', { queue }), { set: { 'collector.version': lesser } })).rejects.toMatchObject(refused('a queue of logs that file_storage/x keeps in files', 'extensions: health_check'));
  await expect(planned(['TI-2'], config('batch', { queue }))).resolves.toBeDefined();
});

test('an official image has more than the build', async () => {
  await expect(planned(['TI-2'], config('probabilistic_sampler'), { name: 'registry' })).resolves.toBeDefined();
});
