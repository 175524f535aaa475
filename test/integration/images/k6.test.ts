import { mkdtempDisposable, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { buildBinary } from '../../../src/builds/binary.ts';
import { k6Image, k6Versions } from '../../../src/components/k6/image.ts';
import { segmentsOf } from '../../../src/components/k6/manifests.ts';
import { k6Result } from '../../../src/components/k6/result.ts';
import { traceIdOf } from '../../../src/components/tempo/query.ts';
import { packageRoot } from '../../../src/run/paths.ts';

interface Asked { readonly traceId: string | undefined; readonly id: string | undefined; readonly path: string | undefined }

/** Whoever is asked, and what it was asked; every third request fails. */
async function listener(): Promise<AsyncDisposable & { readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push({ traceId: String(headers['traceparent']).split('-')[1], id: headers['x-request-id'] as string, path: url });
    response.writeHead(asked.length % 3 === 0 ? 503 : 200).end(`asked for ${url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, [Symbol.asyncDispose]: async () => void server.close() };
}

async function k6Binary(): Promise<string> {
  const { build } = k6Image(k6Versions()[0] ?? '');
  if ('kind' in build) throw new Error('k6 is a Go program');
  return (await buildBinary(build, { signal: new AbortController().signal, runId: 'k6', step: { note: () => undefined, cached: () => undefined } })).path;
}

test('two segments of the shop\'s script send each number once, with its ids, and say how each request ended', async () => {
  const binary = await k6Binary();
  await using there = await listener();
  const { segments, sequence } = segmentsOf(2);
  const env = { BASE_URL: there.url, RATE: '40', SECONDS: '3', PODS: '2', REQUESTS: 'two-segments' };
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plumbline-k6-'));
  const logs = await Promise.all(segments.map(async (segment, index) => {
    const run = await execa(binary, [
      'run', '--quiet', '--no-usage-report', '--log-format=json', '--address=127.0.0.1:0', `--execution-segment=${segment}`, `--execution-segment-sequence=${sequence}`,
      // Here stdout is a socket, which cannot be opened a second time.
      `--summary-export=${folder.path}/${index}`, '--summary-trend-stats=min,avg,med,p(90),p(95),p(99),max,count', join(packageRoot, 'fixtures/k6/shop.js'),
    ], { env, all: true, reject: false, timeout: 30_000 });
    expect(run.exitCode).toBe(99);
    return [String(index), `${run.all}\n${await readFile(`${folder.path}/${index}`, 'utf8')}`] as const;
  }));
  const result = k6Result(Object.fromEntries(logs));
  const numbers = there.asked.map(({ id }) => Number(id?.replace('two-segments-', ''))).toSorted((a, b) => a - b);
  expect(result.numbers).toEqual(numbers);
  expect(new Set(numbers).size).toBe(numbers.length);
  expect(numbers.length).toBeGreaterThanOrEqual(118);
  expect(there.asked.every(({ id, traceId }) => traceId === traceIdOf('two-segments', Number(id?.split('-').at(-1))))).toBe(true);
  const refused = there.asked.filter((_, index) => (index + 1) % 3 === 0).map(({ id }) => Number(id?.split('-').at(-1)));
  expect(result.failed.map(({ number }) => number)).toEqual(refused.toSorted((a, b) => a - b));
  expect(result.thresholds.find(({ metric }) => metric === 'http_req_failed')).toMatchObject({ held: false });
});

test('a script with an error ends k6 with the code that says so', async () => {
  const run = await execa(await k6Binary(), ['run', '--quiet', '--no-usage-report', '--address=127.0.0.1:0', '-'], { input: 'export default function () {', reject: false, timeout: 30_000 });
  expect(run.exitCode).toBe(107);
});
