import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configIn, findConfig } from '../../../src/cli/config.ts';
import type { Config } from '../../../src/cli/config.ts';
import { parseFile } from '../../../src/cli/config-file.ts';
import { program } from '../../../src/cli/program.ts';
import { runOptions, typedCommand } from '../../../src/cli/run-options.ts';
import { settle } from '../../../src/cli/settings.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plumbline-config-'))));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

function write(text: string): string {
  const path = join(folder, 'plumbline.config.yaml');
  writeFileSync(path, text);
  return path;
}

const readConfig = (path: string): Config => configIn(parseFile(path));

async function flagsOf(words: readonly string[], config: Config = {}): Promise<Record<string, unknown>> {
  let flags: Record<string, unknown> = {};
  const root = program(async (_name, _words, command) => {
    settle(command, config);
    flags = command.opts();
  });
  for (const command of root.commands) command.exitOverride().configureOutput({ outputError: () => undefined });
  await root.exitOverride().parseAsync([...words], { from: 'user' });
  return flags;
}

describe('a collector\'s configuration', () => {
  it('is read once, and its digest is that of the file', async () => {
    const path = join(folder, 'collector.yaml');
    writeFileSync(path, 'exporters: {otlphttp: {}}\nservice: {pipelines: {traces: {exporters: [otlphttp]}}}\n');
    const { collectorConfig } = await runOptions([], { set: { 'collector.config': path } });
    expect(collectorConfig?.config).toMatchObject({ file: path, pipelines: { traces: { processors: [], exporter: {} } } });
    expect(collectorConfig?.config.digest).toBe(`sha256:${createHash('sha256').update(readFileSync(path)).digest('hex')}`);
    expect(await runOptions([], { set: { 'collector.config': 'null' } })).not.toHaveProperty('collectorConfig');
    await expect(runOptions([], { set: { 'collector.config': join(folder, 'none.yaml') } })).rejects.toMatchObject({ problem: { code: 'PL-COLLECTOR-CONFIG', kind: 'usage' } });
  });
});

describe('the file', () => {
  it('is the nearest one upwards', () => {
    const inner = join(folder, 'a', 'b');
    mkdirSync(inner, { recursive: true });
    const outer = write('repeat: 2');
    expect(findConfig(inner)).toBe(outer);
    writeFileSync(join(folder, 'a', 'plumbline.config.yaml'), '');
    expect(findConfig(inner)).toBe(join(folder, 'a', 'plumbline.config.yaml'));
  });

  it('gives values as text, so that a version stays as it is written, and output relative to itself', () => {
    const path = write('set:\n  collector.version: 0.130\nrepeat: 3\nfail-fast: true\ncolor: false\noutput: out\n');
    expect(readConfig(path)).toEqual({ set: { 'collector.version': '0.130' }, repeat: 3, 'fail-fast': true, color: false, output: join(folder, 'out') });
  });

  it('names a collector\'s configuration relative to itself, or none', () => {
    expect(readConfig(write('set: {collector.config: ./my.yaml, nodes: 2}'))).toEqual({ set: { 'collector.config': join(folder, 'my.yaml'), nodes: '2' } });
    expect(readConfig(write('set: {collector.config: null}'))).toEqual({ set: { 'collector.config': 'null' } });
  });

  it('may be empty', () => {
    expect(readConfig(write('# nothing yet\n'))).toEqual({});
  });

  it.each([
    ['an unknown key', 'repeat: 2\nprovidor: embedded\n', 'PL-CONFIG-UNKNOWN-KEY', ':2: providor', 'write provider instead'],
    ['an unknown key that resembles none', 'zzzzzzzz: 1\n', 'PL-CONFIG-UNKNOWN-KEY', ':1: zzzzzzzz', 'mend '],
    ['a wrong value', '# c\n\nprovider: docker\n', 'PL-CONFIG-VALUE', ':3: provider: ', 'mend '],
    ['a wrong value inside', 'set:\n  nodes: [1]\n', 'PL-CONFIG-VALUE', ':2: set.nodes: ', 'mend '],
    ['no mapping', 'just text', 'PL-CONFIG-VALUE', ':1: ', 'mend '],
    ['no YAML', 'a: [1\nb: 2', 'PL-CONFIG-YAML', ':2: ', 'mend '],
  ])('with %s is refused, with its line', (_, text, code, seen, next) => {
    const path = write(text);
    expect(() => readConfig(path)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ code, kind: 'usage', seen: expect.stringContaining(`${path}${seen}`), next: expect.stringContaining(next) }) }) as Error,
    );
  });
});

describe('a setting', () => {
  it('is the flag, else the variable, else the file, else the default', async () => {
    vi.stubEnv('PLUMBLINE_REPEAT', '2');
    expect((await flagsOf(['run', '--repeat', '1'], { repeat: 3 }))['repeat']).toBe(1);
    expect((await flagsOf(['run'], { repeat: 3 }))['repeat']).toBe(2);
    vi.unstubAllEnvs();
    expect((await flagsOf(['run'], { repeat: 3 }))['repeat']).toBe(3);
    expect((await flagsOf(['run']))['repeat']).toBe(1);
  });

  it('without a value can be refused by its variable and by the file', async () => {
    expect((await flagsOf(['run'], { quiet: true, color: false }))).toMatchObject({ quiet: true, color: false });
    vi.stubEnv('PLUMBLINE_QUIET', '0');
    vi.stubEnv('PLUMBLINE_NO_COLOR', 'false');
    expect((await flagsOf(['run'], { quiet: true, color: false }))).toMatchObject({ quiet: false, color: true });
    vi.stubEnv('PLUMBLINE_QUIET', '1');
    vi.stubEnv('PLUMBLINE_NO_COLOR', '1');
    expect((await flagsOf(['run']))).toMatchObject({ quiet: true, color: false });
  });

  it('of platforms is settled key by key', async () => {
    vi.stubEnv('PLUMBLINE_SET', 'a=env,b=env,x=1,2');
    const config = { set: { b: 'file', c: 'file' } };
    expect((await flagsOf(['run'], config))['set']).toEqual({ a: 'env', b: 'env', x: '1,2', c: 'file' });
    expect((await flagsOf(['run', '--set', 'b=flag', '--set', 'd=k=v'], config))['set']).toEqual({ b: 'flag', d: 'k=v', c: 'file' });
  });

  it('of `size` is what the file says of load', async () => {
    expect(await flagsOf(['size', '--outage', '3'], { load: { spansPerSecond: 300, spanBytes: 2000, outageSeconds: 9, requestsPerSecond: 5 } })).toMatchObject({ load: 300, spanBytes: 2000, outage: 3 });
  });

  it('of tenants that are written in the file is no file\'s name', async () => {
    expect(await flagsOf(['run'], { tenants: { a: {}, b: {} } })).not.toHaveProperty('tenants');
    expect(await flagsOf(['run'], { tenants: '/t.yaml', binding: ['SD-1'] })).toMatchObject({ tenants: '/t.yaml', binding: ['SD-1'] });
  });

  it('that a verb does not take is not put on it', async () => {
    expect(await flagsOf(['down'], { repeat: 3, color: false })).toEqual({ color: false });
  });

  it('for grep becomes an expression in any case, from the file too', async () => {
    expect((await flagsOf(['run'], { grep: 'sd-' }))['grep']).toEqual(/sd-/i);
  });

  it.each([
    [['run', '--repeat', '0'], 'whole number'],
    [['run', '--repeat', '1e3'], 'whole number'],
    [['run', '--set', 'novalue'], 'key=value'],
    [['run', '--grep', '('], 'Unterminated group'],
    [['run', '--keep=sometimes'], 'never, on-failure, always'],
  ])('%j is refused', async (words, message) => {
    await expect(flagsOf(words)).rejects.toThrow(message);
  });
});

describe('what is asked of the runner', () => {
  it('has defaults, and an output folder that is named after the run', async () => {
    const options = await runOptions(['SD-1'], {}, './plumbline run SD-1');
    expect(options).toMatchObject({ selectors: ['SD-1'], provider: 'auto', images: 'auto', keep: 'never', failFast: false, repeat: 1, set: {} });
    expect(options.runId).toMatch(/^[a-z0-9]{6}$/);
    expect(options.outputDir).toBe(join(process.cwd(), 'plumbline-output', options.runId));
    expect((await runOptions([], {})).runId).not.toBe(options.runId);
  });

  it('has the command as it can be pasted', () => {
    expect(typedCommand(['run', 'SD-1', '--grep', "it's (here)", '--set', 'a.b=1'])).toBe(`./plumbline run SD-1 --grep 'it'\\''s (here)' --set a.b=1`);
  });
});
