import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { configIn, findConfig } from '../../../src/cli/config.ts';
import { parseFile } from '../../../src/cli/config-file.ts';
import { configOnly } from '../../../src/cli/config-platforms.ts';
import { configJsonSchema } from '../../../src/cli/config-schema.ts';
import { runOptions } from '../../../src/cli/run-options.ts';

let folder = '';
beforeEach(() => void (folder = realpathSync(mkdtempSync(join(tmpdir(), 'plumbline-config-')))));
afterEach(() => rmSync(folder, { recursive: true }));

function write(text: string, name = 'plumbline.config.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const example = (/```yaml\n(.*?)```/s.exec(readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8')) ?? [])[1] ?? '';

/** What the file says beside flags, and the runner's options with it. */
async function optionsOf(text: string) {
  const file = parseFile(write(text));
  const config = configIn(file);
  const own = await configOnly(config, file);
  return runOptions([], { ...(config.set ? { set: config.set as Record<string, string> } : {}), ...own });
}

describe('config.schema.json', () => {
  const published = JSON.parse(readFileSync(new URL('../../../src/cli/config.schema.json', import.meta.url), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, allowUnionTypes: true }).compile(published);

  it('is what config-schema.ts says (else: node src/cli/write-config-schema.ts)', () => {
    expect(published).toEqual(JSON.parse(JSON.stringify(configJsonSchema())));
  });

  it('takes what the loader takes, and refuses what it refuses', () => {
    const installed = 'platform: {installed: {loki: {url: "${LOKI}"}, tenants: {a: {id: "${A}", collector: "http://x"}}}}';
    for (const text of [example, installed, 'allocator: null', 'tenants: ./t.yaml', 'set: {collector.version: 0.130, operator: null}']) expect([text, validate(parse(text))]).toEqual([text, true]);
    for (const text of ['versions: {colector: 1}', 'nodeSizes: {node-2: {memoryMiB: 4}}', 'allocator: {strategy: none}', 'binding: []', 'set: {nodez: 1}', 'platform: {installed: {loky: {}}}']) expect([text, validate(parse(text))]).toEqual([text, false]);
  });
});

describe('sections of the file', () => {
  it('of the documentation are all taken', async () => {
    write('{}', 'collector.yaml');
    const file = parseFile(write(example));
    expect((await configOnly(configIn(file), file)).configured).toMatchObject({ versions: { collector: '0.131.0' }, allocator: { strategy: 'per-node' }, nodeSizes: { 'node-2': { memoryMiB: 2048 } }, load: { requestsPerSecond: 50 } });
  });

  it('keep numbers and truth values for components, and versions as they are written', async () => {
    const options = await optionsOf(`
versions: {collector: 0.130}
collector:
  retry: no
  config:
    processors: {batch: {send_batch_size: 10}}
    exporters: {otlphttp: {sending_queue: {enabled: false}}}
    service: {pipelines: {traces: {receivers: [otlp], processors: [batch], exporters: [otlphttp]}}}
tenants: {a: {mimir: {ingestion_rate: 5}}, b: {}}
allocator: {config: {allocation_strategy: consistent-hashing}}
`);
    expect(options.configured).toEqual({ file: join(folder, 'plumbline.config.yaml'), versions: { collector: '0.130' }, collector: { retry: false }, allocator: { strategy: 'consistent-hashing' } });
    expect(options.tenants).toMatchObject({ byName: { a: { mimir: { ingestion_rate: 5 } }, b: {} }, inline: true });
    expect(options.collectorConfig?.config).toMatchObject({ file: expect.stringContaining('plumbline.config.yaml:6'), processors: { batch: { send_batch_size: 10 } }, pipelines: { traces: { exporter: { sending_queue: { enabled: false } } } } });
  });

  it('name files relative to the configuration, which a flag\'s take the place of', async () => {
    write('kind: TargetAllocator\nspec: {allocationStrategy: least-weighted}\n', 'allocator.yaml');
    const path = write('collector: {config: ./mine.yaml}\nallocator: {config: ./allocator.yaml}\nload: {script: k6.js}\n');
    const config = configIn(parseFile(path));
    expect(config).toMatchObject({ set: { 'collector.config': join(folder, 'mine.yaml') }, load: { script: join(folder, 'k6.js') } });
    expect((await configOnly(config, parseFile(path))).configured).toEqual({ file: path, allocator: { strategy: 'least-weighted' }, load: { script: join(folder, 'k6.js') } });
    const inline = { config: { file: 'inline', digest: '', processors: {}, pipelines: {} }, notes: [] };
    expect(await runOptions([], { set: { 'collector.config': 'null' }, inlineCollector: inline })).not.toHaveProperty('collectorConfig');
    expect((await runOptions([], { inlineCollector: inline })).collectorConfig).toBe(inline);
  });

  it.each([
    ['allocator: {stratgy: per-node}', 'PL-CONFIG-UNKNOWN-KEY', ':1: allocator.stratgy', 'write strategy instead'],
    ['versions:\n  collector: 1\n  colector: 1', 'PL-CONFIG-UNKNOWN-KEY', ':3: versions.colector', 'write collector instead'],
    ['set:\n  colector.version: 1', 'PL-CONFIG-UNKNOWN-KEY', ':2: set.colector.version', 'write collector.version instead'],
    ['tenants:\n  a: {mimr: {}}\n  b: {}', 'PL-CONFIG-UNKNOWN-KEY', ':2: tenants.a.mimr', 'write mimir instead'],
    ['tenants: {a: {}}', 'PL-CONFIG-VALUE', ':1: tenants: at least two', 'mend '],
    ['tenants: {A_b: {}, b: {}}', 'PL-CONFIG-VALUE', ':1: tenants.A_b: up to 20', 'mend '],
    ['\nprovider: embeded', 'PL-CONFIG-VALUE', ':2: provider: ', 'write embedded instead'],
    ['nodeSizes: {node-2: {memoryMiB: 4}}', 'PL-CONFIG-VALUE', ':1: nodeSizes.node-2.memoryMiB: Too small', 'mend '],
    ['binding: []', 'PL-CONFIG-VALUE', ':1: binding: ', 'mend '],
  ])('%j is refused with its line and the nearest right name', (text, code, seen, next) => {
    const path = write(text);
    expect(() => configIn(parseFile(path))).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code, kind: 'usage', seen: expect.stringContaining(`${path}${seen}`), next: expect.stringContaining(next) }) }) as Error,
    );
  });

  it('may name what is written elsewhere in them', async () => {
    const options = await optionsOf('set: {nodes: &two 2}\ntenants:\n  a: &a {mimir: &m {ingestion_rate: 5}}\n  b: {<<: *a, loki: {x: 1.5}}\nload: {pods: *two}\n');
    expect(options.tenants?.byName).toEqual({ a: { mimir: { ingestion_rate: 5 } }, b: { mimir: { ingestion_rate: 5 }, loki: { x: 1.5 } } });
    expect(options.configured?.load).toEqual({ pods: 2 });
  });

  it('of an allocator\'s file without a strategy are refused', async () => {
    await expect(optionsOf('allocator: {config: {a: b}}')).rejects.toMatchObject({ problem: { code: 'PL-CONFIG-VALUE', seen: expect.stringContaining(':1: no such strategy') } });
    await expect(optionsOf('allocator: {config: ./none.yaml}')).rejects.toMatchObject({ problem: { code: 'PL-CONFIG-VALUE', seen: expect.stringContaining('none.yaml: ENOENT') } });
  });

  it('are in one file', () => {
    write('', 'plumbline.config.ts');
    write('');
    expect(() => findConfig(folder)).toThrow(/PL-CONFIG-TWO/);
  });
});
