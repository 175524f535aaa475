import { readFile, writeFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { call, outputFolder, reportIn } from './cli.ts';

/** Windows of claims on scrapes are so many intervals long. */
const soon = ['--set', 'collector.scrapeIntervalSeconds=1'];

const coldTimeoutMs = 55 * 60_000;

async function validate(report: unknown): Promise<unknown> {
  const schema = JSON.parse(await readFile(new URL('../../../src/reports/report.schema.json', import.meta.url), 'utf8')) as object;
  const ajv = new Ajv2020({ allErrors: true });
  addFormats.default(ajv);
  return ajv.validate(schema, report) ? [] : ajv.errors;
}

test('a whole run: every claim holds, every twin fails with its symptom, the matrix names the first cause', { timeout: coldTimeoutMs }, async () => {
  await using output = await outputFolder();
  const run = await call('run', '--output', output.path);
  expect(run.exitCode, run.stdout + run.stderr).toBe(0);
  const report = await reportIn(output.path);
  expect(await validate(report)).toEqual([]);
  const claim = (id: string) => report.claims.find((one) => one.id === id);
  expect(report.claims.map(({ id, verdict, twin }) => `${id} ${verdict}, twin ${twin.verdict}`).toSorted())
    .toEqual(['AI-1', 'AI-2', 'AI-3', 'BS-1', 'BS-2', 'DL-1', 'DL-2', 'DL-3', 'DL-4', 'DL-5', 'DL-6', 'DL-7', 'PO-1', 'PO-2', 'SD-1', 'SD-2', 'SD-3', 'SD-4', 'SD-5', 'SD-6', 'SN-1', 'SN-2', 'SN-3', 'SN-4', 'SN-5', 'TI-1', 'TI-2', 'TI-3', 'TI-4', 'TI-5', 'TI-6', 'TI-7', 'TI-8', 'VC-1'].map((id) => `${id} pass, twin fail`));
  expect(claim('SD-1')?.observed).toMatch(/^12 of 12 targets once, factor (0\.9\d|1\.0\d) /);
  expect(claim('SD-1')?.twin.observed).toMatch(/^every target by all 3 collectors, factor (2\.9\d|3\.0\d) /);
  expect(claim('SD-1')?.cells?.map(({ versions, verdict }) => [versions['through'], verdict])).toEqual([[undefined, 'pass'], [undefined, 'fail'], ['service-monitors', 'pass'], ['pod-monitors', 'pass']]);
  // Through monitors as well.
  expect(claim('SD-1')?.cells?.map(({ verdict }) => verdict)).toEqual(['pass', 'fail', 'pass', 'pass']);
  const curve = claim('SD-3')?.evidence.find(({ shape }) => shape === 'curve')?.data as { nodes: number; factor: number }[];
  expect(curve.map(({ nodes }) => nodes)).toEqual([1, 2, 4, 8, 14]);
  const cells = claim('VC-1')?.cells?.map(({ versions, verdict, cause }) => [versions['allocator'], versions['collector'], verdict, cause ?? '']) ?? [];
  expect(cells).toHaveLength(4);
  expect(cells[0]).toEqual(['0.131.0', '0.131.0', 'pass', '']);
  expect(cells[1]).toEqual(['0.127.0', '0.128.0', 'fail', expect.stringMatching(/error creating new scrape pool: invalid metric name (validation|escaping) scheme/)]);
  // Each misorder by its own rule.
  expect(claim('PO-1')?.cells?.map(({ versions, verdict, observed }) => [versions['misplaced'], verdict, [...new Set([...observed.matchAll(/yaml:\d+:\d+ ([a-z-]+):/g)].map(([, rule]) => rule))]])).toEqual([
    [undefined, 'pass', []], ['memory_limiter', 'fail', ['limiter-not-first']], ['filter', 'fail', ['enrichment-after-filter']], ['batch', 'fail', ['batch-not-last']],
  ]);
  // Each misorder does its own half of the harm.
  expect(claim('PO-2')?.cells?.slice(2).map(({ verdict, observed }) => `${verdict} ${observed.replaceAll(/\d+/g, 'n')}`)).toEqual([
    expect.stringMatching(/^fail .*; n of n spans refused at first, all acknowledged in the end, none lost$/), expect.stringMatching(/^fail .*; n of n acknowledged spans lost, n refused$/),
  ]);
  expect(claim('PO-2')?.cells?.map(({ observed }) => /^the filter dropped (\d+)/.exec(observed)?.[1])).toEqual(['500', '0', '0', '500']);
  const [timeLine, limits] = [claim('TI-3')?.evidence.find((one) => one.shape === 'time-line'), claim('TI-8')?.evidence.find((one) => one.headline === true)];
  expect(Object.keys((timeLine?.data as object[])[0] ?? {})).toEqual(expect.arrayContaining(['atMs', 'phase', 'scp-dev accepted', 'scp-dev refused', 'scp-prod write p99 ms']));
  // What these versions answer at their limits is known; a difference would be news.
  expect((limits?.data as { limit: string; known: string }[]).filter((row) => row.known.startsWith('differs'))).toEqual([]);
  expect(limits?.data).toHaveLength(19);
  expect(await readFile(`${output.path}/junit.xml`, 'utf8')).toContain('VC-1');
  expect(await embeddedProvider().findRuns()).not.toContain(report.run.id);
});

/** Two runs at a time, of platforms of a kind: most of a run is waiting. The whole run above has the machine to itself. */
describe('scraped platforms', () => {
  test.concurrent('a broken claim is exit 1, with what was expected and seen, the offender, and the command that reproduces it; it is kept where asked', async () => {
    await using output = await outputFolder();
    const run = await call('run', 'SD-2', '--set', 'allocator.strategy=consistent-hashing', ...soon, '--keep=on-failure', '--output', output.path);
    expect(run.exitCode, run.stdout + run.stderr).toBe(1);
    const { run: { id }, claims: [claim] } = await reportIn(output.path);
    expect(claim).toMatchObject({ verdict: 'fail', observed: expect.stringMatching(/targets scraped across nodes/), cause: expect.stringMatching(/^target-.* scraped by collector-/) });
    for (const part of [claim?.expected, claim?.cause, './plumbline run SD-2 --set allocator.strategy=consistent-hashing --set collector.scrapeIntervalSeconds=1']) {
      expect(run.stdout.replaceAll(/\s+/g, ' ')).toContain(String(part));
    }
    // What is kept for a look must not be seen by the twin that comes after it.
    expect(JSON.stringify(claim?.twin.evidence)).not.toContain('no collector of this platform');
    expect(await embeddedProvider().findRuns()).toContain(id);
    expect((await call('down', id)).stdout).toContain(`${id}  removed`);
  });

  test.concurrent('a twin that keeps the claim is a failure of the harness, and says so', async () => {
    await using output = await outputFolder();
    // On one node a DaemonSet without allocator scrapes every target once: nothing is wrong with the twin.
    const run = await call('run', 'SD-1', '--set', 'nodes=1', ...soon, '--output', output.path);
    expect(run.exitCode, run.stdout + run.stderr).toBe(3);
    const [claim] = (await reportIn(output.path)).claims;
    expect(claim).toMatchObject({ verdict: 'error', holds: true, reason: expect.stringContaining('the harness failed'), twin: { verdict: 'pass' } });
    expect(run.stdout).toContain('the harness failed');
  });
});

describe('a user\'s tenants', () => {
  test.concurrent('a limit that the running backend does not know ends the run as wrong use, with the nearest right name, and leaves nothing', async () => {
    await using output = await outputFolder();
    const tenants = `${output.path}/tenants.yaml`;
    await writeFile(tenants, 'tenants: {team-a: {loki: {ingestion_rate_mbs: 4}}, team-b: {}}');
    const run = await call('run', 'TI-2', '--tenants', tenants, '--output', output.path);
    expect(run.exitCode, run.stdout + run.stderr).toBe(2);
    expect(run.stderr.replaceAll(/\s+/g, ' ')).toMatch(/PL-LIMIT-UNKNOWN.*running loki knows.*ingestion_rate_mbs.*did you mean ingestion_rate_mb\?/);
    expect(await embeddedProvider().findRuns()).not.toContain((await reportIn(output.path)).run.id);
  });

  test.concurrent('a user\'s tenants take the places of the claim\'s own; a limit out of reach is skipped with the numbers, which makes the run partial', async () => {
    await using output = await outputFolder();
    const tenants = `${output.path}/tenants.yaml`;
    await writeFile(tenants, 'tenants: {team-a: {mimir: {ingestion_rate: 10000000}}, team-b: {}, team-c: {}}');
    const run = await call('run', 'TI-2', 'TI-3', '--tenants', tenants, '--output', output.path);
    expect(run.exitCode, run.stdout + run.stderr).toBe(4);
    const { claims } = await reportIn(output.path);
    expect(claims.map(({ id, verdict }) => `${id} ${verdict}`).toSorted()).toEqual(['TI-2 pass', 'TI-3 skipped']);
    expect(claims.find(({ id }) => id === 'TI-3')?.reason).toMatch(/team-a may write 10000000 samples a second/);
  });
});
