import axios from 'axios';
import { execa } from 'execa';
import getPort from 'get-port';
import { expect, test } from 'vitest';
import { buildBinary } from '../../../src/builds/binary.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { until } from '../../../src/run/wait.ts';

interface Target extends AsyncDisposable {
  readonly url: string;
  /** Sends SIGTERM and answers the exit code. */
  end(): Promise<number | undefined>;
}

async function start(env: Record<string, string> = {}): Promise<Target> {
  const signal = new AbortController().signal;
  const { path } = await buildBinary(targetImage().build, { signal, runId: 'target', step: { note: () => undefined, cached: () => undefined } });
  const listen = `127.0.0.1:${await getPort()}`;
  const child = execa(path, [], { env: { LISTEN: listen, ...env }, reject: false });
  const url = `http://${listen}`;
  const end = async (): Promise<number | undefined> => {
    child.kill('SIGTERM');
    return (await child).exitCode;
  };
  await until('target answering', async () => axios.get(`${url}/healthz`).then(() => true), { timeoutMs: 20_000, intervalMs: 20 });
  return { url, end, [Symbol.asyncDispose]: async () => void (await end()) };
}

async function scrape(url: string, userAgent = 'test'): Promise<string> {
  return (await axios.get<string>(`${url}/metrics`, { headers: { 'User-Agent': userAgent } })).data;
}

test('a target knows who scraped it when', async () => {
  await using target = await start();
  const before = Date.now();
  expect(await scrape(target.url, 'one/1.0')).toContain('\nplumbline_target_scrapes_total 1\n');
  expect(await scrape(target.url, 'two/2.0')).toContain('\nplumbline_target_scrapes_total 2\n');
  const { data } = await axios.get<{ at: string; from: string; userAgent: string }[]>(`${target.url}/scrapes`);
  expect(data.map(({ from, userAgent }) => [from, userAgent])).toEqual([['127.0.0.1', 'one/1.0'], ['127.0.0.1', 'two/2.0']]);
  for (const { at } of data) {
    expect(at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
    expect(Date.parse(at)).toBeGreaterThanOrEqual(before - 1);
    expect(Date.parse(at)).toBeLessThanOrEqual(Date.now() + 1);
  }
});

test('a histogram is cumulative and its count is its last bucket', async () => {
  await using target = await start();
  const text = await scrape(target.url);
  const buckets = [...text.matchAll(/_bucket\{le="([^"]+)"\} (\d+)/g)].map(([, le, count]) => [le, Number(count)]);
  expect(buckets).toEqual([['0.01', 2], ['0.1', 7], ['1', 9], ['+Inf', 10]]);
  expect(text).toMatch(/_count 10\n/);
});

test('PORTS follow each other, each a target with a ledger of its own', async () => {
  await using target = await start({ PORTS: '2' });
  const { hostname, port } = new URL(target.url);
  const next = `http://${hostname}:${Number(port) + 1}`;
  expect([await scrape(target.url), await scrape(target.url), await scrape(next)].map((text) => /scrapes_total (\d+)/.exec(text)?.[1])).toEqual(['1', '2', '1']);
  expect((await axios.get<object[]>(`${next}/scrapes`)).data).toHaveLength(1);
});

test('SERIES adds as many series, and no other value is taken', async () => {
  await using target = await start({ SERIES: '250' });
  expect((await scrape(target.url)).match(/^plumbline_target_load\{/gm)).toHaveLength(250);
  const { path } = await buildBinary(targetImage().build, { signal: new AbortController().signal, runId: 'target', step: { note: () => undefined, cached: () => undefined } });
  expect(await execa(path, { env: { SERIES: '-1' }, reject: false })).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('SERIES must be a number') });
});

test('the record is bounded: the oldest scrapes go, the count stays', async () => {
  await using target = await start();
  await scrape(target.url, 'first');
  for (let round = 0; round < 100; round++) await Promise.all(Array.from({ length: 100 }, () => scrape(target.url, 'later')));
  expect(await scrape(target.url, 'last')).toContain('\nplumbline_target_scrapes_total 10002\n');
  const { data } = await axios.get<{ userAgent: string }[]>(`${target.url}/scrapes`);
  expect(data).toHaveLength(10_000);
  expect(data.at(-1)?.userAgent).toBe('last');
  expect(data.some(({ userAgent }) => userAgent === 'first')).toBe(false);
});

test('SIGTERM ends it at once', async () => {
  const target = await start();
  expect(await target.end()).toBe(0);
});
