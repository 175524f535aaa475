import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { PlumblineError } from '../../../src/errors.ts';
import { patchPlatform, readPatch, readPatches, readPlatform, setInPlatform } from '../../../src/platform/platform-file.ts';
import { platformSpec } from '../../../src/platform/spec.ts';

const folder = await mkdtemp(join(tmpdir(), 'plumbline-spec-'));
afterAll(() => rm(folder, { recursive: true }));

const platform = platformSpec.parse({
  nodes: 3, collector: { version: '0.131.0', scrapeIntervalSeconds: 2 }, allocator: { version: '0.131.0', strategy: 'per-node' }, targets: { pods: 12 }, mimir: null,
});

async function file(text: string): Promise<URL> {
  const path = join(folder, `${Math.random()}.yaml`);
  await writeFile(path, text);
  return pathToFileURL(path);
}

async function code(work: Promise<unknown> | (() => unknown)): Promise<string> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof PlumblineError) return `${error.problem.code}: ${error.problem.seen}; ${error.problem.next}`;
    throw error;
  }
  return 'nothing was thrown';
}

test('a patch takes a component away or changes one key of it', () => {
  expect(patchPlatform(platform, { allocator: null }, 'x').allocator).toBeNull();
  expect(patchPlatform(platform, { allocator: { strategy: 'consistent-hashing' } }, 'x').allocator).toEqual({ version: '0.131.0', strategy: 'consistent-hashing' });
  expect(platform.allocator?.strategy).toBe('per-node');
});

test('--set keeps versions text and numbers numbers', () => {
  const set = setInPlatform(platform, { 'collector.version': '0.128.0', nodes: '2', allocator: 'null' });
  expect(set).toMatchObject({ nodes: 2, collector: { version: '0.128.0' }, allocator: null });
});

test('parts that mean nothing alone are refused with what they need', () => {
  const refusal = (part: object): string => platformSpec.safeParse({ nodes: 1, collector: { version: '1' }, ...part }).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`).join('; ') ?? 'taken';
  expect(refusal({ apps: {}, operator: { version: '1' } })).toBe('apps needs a tenant, whose collectors the apps send to');
  expect(refusal({ apps: {}, tenants: { shop: {} } })).toBe('apps needs an operator, which injects the agents');
  expect(refusal({ apps: { injected: false }, tenants: { shop: {} } })).toBe('taken');
  expect(refusal({ load: { version: '1', requestsPerSecond: 1, seconds: 1 } })).toBe('load needs apps, which it asks');
  expect(refusal({ gate: true })).toBe('gate needs a tenant, whose collectors send through it');
  const jaeger = { version: '1' };
  expect(refusal({ jaeger })).toBe('jaeger needs a tenant, whose collectors send to it');
  expect(refusal({ jaeger, gate: true, tenants: { shop: {} } })).toBe('gate needs Tempo: it has no route to Jaeger');
  expect([refusal({ jaeger, tenants: { shop: {} } }), refusal({ jaeger, tempo: jaeger, gate: true, tenants: { shop: {} } })]).toEqual(['taken', 'taken']);
});

test('monitors need an allocator that reads them, and collectors by number something to scrape', () => {
  const base = { nodes: 1, collector: { version: '1' } };
  const refusal = (part: object): string => platformSpec.safeParse({ ...base, ...part }).error?.issues.map(({ message }) => message).join('; ') ?? 'taken';
  const allocator = { version: '1', strategy: 'consistent-hashing' };
  expect(refusal({ targets: { pods: 1, through: 'pod-monitors' } })).toContain('needs an allocator');
  expect(refusal({ targets: { pods: 1, through: 'pod-monitors' }, allocator })).toBe('taken');
  expect(refusal({ collector: { version: '1', mode: 'statefulset' } })).toContain('needs targets');
  expect(refusal({ collector: { version: '1', mode: 'statefulset', replicas: 3 }, targets: { pods: 1 }, allocator })).toBe('taken');
});

test('--set takes truth values and null for what they are', () => {
  expect(setInPlatform(platform, { 'collector.retry': 'false', allocator: 'null' })).toMatchObject({ collector: { retry: false }, allocator: null });
});

test('an unknown key of --set names the nearest one', async () => {
  expect(await code(() => setInPlatform(platform, { 'colector.version': '1' }))).toBe('PL-SET-UNKNOWN: --set colector.version=1; did you mean --set collector.version=1?');
});

test('files that are no YAML, no platform or an empty patch are refused with what is wrong', async () => {
  expect(await code(readPlatform(await file('nodes: [')))).toContain('PL-PLATFORM-INVALID');
  expect(await code(readPlatform(await file('nodes: none')))).toContain('nodes: ');
  expect(await code(readPatch(await file('')))).toContain('PL-PLATFORM-INVALID: null');
  expect(await code(readPatches(await file('allocator: [')))).toContain('PL-PLATFORM-INVALID');
  expect(await code(readPatches(await file('allocator: null')))).toContain('PL-PLATFORM-INVALID: {"allocator":null}');
  expect(await code(readPatches(await file('- {nodes: 2}\n- 7')))).toContain('PL-PLATFORM-INVALID: 7');
  expect(await code(() => patchPlatform(platform, { allocator: { strategy: 'per-pod' } }, 'x'))).toContain('allocator.strategy');
});

test('a node whose collector leads nowhere is one of the platform, and its collector a resource of its own', () => {
  const whole = { nodes: 2, collector: { version: '0.131.0', nowhereOn: 'node-2' }, operator: { version: '0.131.0' }, tenants: { shop: {} } };
  const problems = (patch: object): string[] => platformSpec.safeParse({ ...whole, ...patch }).error?.issues.map(({ message }) => message) ?? [];
  expect(problems({})).toEqual([]);
  expect(problems({ nodes: 1 })).toEqual(['node-2 is none of node-1']);
  expect(problems({ operator: null })).toEqual([expect.stringContaining('needs an operator')]);
});
