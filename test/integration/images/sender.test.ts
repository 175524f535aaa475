import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { execa } from 'execa';
import getPort from 'get-port';
import { expect, test } from 'vitest';
import { buildBinary } from '../../../src/builds/binary.ts';
import { refusedAtFirst } from '../../../src/components/sender/flow.ts';
import type { FlowOrder, FlowProgress, FlowState } from '../../../src/components/sender/flow.ts';
import { senderImage } from '../../../src/components/sender/image.ts';
import { packageRoot } from '../../../src/run/paths.ts';
import { until } from '../../../src/run/wait.ts';

interface Sender extends AsyncDisposable {
  readonly url: string;
  end(): Promise<number | undefined>;
  /** Starts a flow and answers its state once it has ended. */
  flow(order: Partial<FlowOrder>): Promise<FlowState>;
}

async function start(): Promise<Sender> {
  const { path } = await buildBinary(senderImage().build, { signal: new AbortController().signal, runId: 'sender', step: { note: () => undefined, cached: () => undefined } });
  const listen = `127.0.0.1:${await getPort()}`;
  const child = execa(path, [], { env: { LISTEN: listen }, reject: false });
  const url = `http://${listen}`;
  const end = async (): Promise<number | undefined> => {
    child.kill('SIGTERM');
    return (await child).exitCode;
  };
  const flow = async (order: Partial<FlowOrder>): Promise<FlowState> => {
    const { data } = await axios.post<FlowProgress>(`${url}/flows`, { name: 'one', signal: 'metrics', ratePerSecond: 1000, ...order });
    return until('the flow\'s end', async () => {
      const { data: state } = await axios.get<FlowState>(`${url}/flows/${data.name}`);
      return state.running ? undefined : state;
    }, { timeoutMs: 30_000, intervalMs: 50 });
  };
  await until('sender answering', async () => axios.get(`${url}/healthz`).then(() => true), { timeoutMs: 20_000, intervalMs: 20 });
  return { url, end, flow, [Symbol.asyncDispose]: async () => void (await end()) };
}

const everySecond = (count: number): boolean => count % 2 === 0;

/** Whoever is sent to, and what it was sent. @param refuse by how many requests have come, this one included */
async function listener(refuse: (count: number) => boolean = () => false): Promise<AsyncDisposable & { readonly url: string; readonly headers: (string | undefined)[] }> {
  const headers: (string | undefined)[] = [];
  const server = createServer((request, response) => {
    headers.push(request.headers['x-scope-orgid'] as string | undefined);
    request.resume().on('end', () => response.writeHead(refuse(headers.length) ? 429 : 200).end('slow down'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, headers, [Symbol.asyncDispose]: async () => void server.close() };
}

test('a flow sends each number once, with its header, and says which numbers were refused', async () => {
  await using sender = await start();
  await using there = await listener(everySecond);
  const state = await sender.flow({ url: there.url, items: 1000, batch: 100, concurrency: 1, headers: { 'X-Scope-OrgID': 'scp-dev' } });
  expect(state).toMatchObject({ ended: 'complete', sent: 1000, requests: 10, acceptedItems: 500 });
  expect(there.headers).toEqual(Array.from({ length: 10 }, () => 'scp-dev'));
  const refused = state.answers.find(({ status }) => status === 429);
  expect(refused).toMatchObject({ requests: 5, items: 500, firstBody: 'slow down' });
  expect(refused?.ranges).toEqual([[100, 200], [300, 400], [500, 600], [700, 800], [900, 1000]]);
  expect(state.timeline.reduce((sum, second) => sum + second.items, 0)).toBe(1000);
  expect(state.latencies).toHaveLength(10);
});

test('what is refused for now is sent again until it is taken, where that is ordered', async () => {
  await using sender = await start();
  await using there = await listener((count) => count <= 10 && everySecond(count));
  const state = await sender.flow({ url: there.url, items: 1000, batch: 100, concurrency: 1, againSeconds: 20 });
  expect(state).toMatchObject({ ended: 'complete', sent: 1000, requests: 10, acceptedItems: 1000, answers: [{ status: 200, items: 1000 }] });
  expect(there.headers).toHaveLength(10 + state.resends);
  expect(state.firstRefusals).toMatchObject([{ status: 429, firstBody: 'slow down' }]);
  // The second request of all is refused, and a refused one is not sent again before 200 ms have passed.
  expect(refusedAtFirst(state)[0]).toEqual([100, 200]);
});

test('where nobody listens, nothing is acknowledged, and nobody claims to know more', async () => {
  await using sender = await start();
  const state = await sender.flow({ url: `http://127.0.0.1:${await getPort()}`, items: 100 });
  expect(state.acceptedItems).toBe(0);
  expect(state.answers.map(({ status }) => status)).toEqual([0]);
  expect(state.answers[0]?.firstBody).toMatch(/refused/);
});

test('no flow is without bounds, and none has the name of another', async () => {
  await using sender = await start();
  await using there = await listener();
  const status = async (order: object): Promise<number> =>
    (await axios.post(`${sender.url}/flows`, { name: 'x', signal: 'logs', url: there.url, ratePerSecond: 10, ...order }, { validateStatus: () => true })).status;
  expect(await status({})).toBe(400);
  expect(await status({ seconds: 601 })).toBe(400);
  expect(await status({ items: 20_000_001 })).toBe(400);
  expect(await status({ items: 10, concurrency: 65 })).toBe(400);
  expect(await status({ items: 1 })).toBe(201);
  expect(await status({ items: 1 })).toBe(409);
});

test('SIGTERM ends it, in the middle of a flow too', async () => {
  const sender = await start();
  await using there = await listener();
  await axios.post(`${sender.url}/flows`, { name: 'long', signal: 'traces', url: there.url, ratePerSecond: 100, seconds: 60 });
  expect(await sender.end()).toBe(0);
});

test('its own Go tests pass', async () => {
  const cwd = `${packageRoot}/fixtures/sender`;
  expect((await execa('go', ['vet', './...'], { cwd, reject: false })).stderr).toBe('');
  expect((await execa('go', ['test', './...'], { cwd, reject: false })).stdout).toMatch(/^ok/m);
});
