import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';
import { execa } from 'execa';
import getPort from 'get-port';
import { expect, test } from 'vitest';
import { buildBinary } from '../../../src/builds/binary.ts';
import type { Fault } from '../../../src/components/gate/fault.ts';
import { gateImage } from '../../../src/components/gate/image.ts';
import type { GateRecord } from '../../../src/components/gate/record.ts';
import type { FlowOrder, FlowState } from '../../../src/components/sender/flow.ts';
import { senderImage } from '../../../src/components/sender/image.ts';
import type { BinaryImage } from '../../../src/images/source.ts';
import { packageRoot } from '../../../src/run/paths.ts';
import { until } from '../../../src/run/wait.ts';

/** A program of the fixtures with its HTTP API on a port of its own. */
async function start({ build }: BinaryImage, ...args: string[]): Promise<AsyncDisposable & { readonly url: string }> {
  const { path } = await buildBinary(build, { signal: new AbortController().signal, runId: 'gate', step: { note: () => undefined, cached: () => undefined } });
  const listen = `127.0.0.1:${await getPort()}`;
  const child = execa(path, args, { env: { LISTEN: listen }, reject: false });
  const url = `http://${listen}`;
  await until('an answer', async () => axios.get(`${url}/healthz`).then(() => true), { timeoutMs: 20_000, intervalMs: 20 });
  return { url, [Symbol.asyncDispose]: async () => {
    child.kill('SIGTERM');
    await child;
  } };
}

/** A sender, a gate with the route `dev-loki`, and a backend that takes everything. */
async function rig(): Promise<AsyncDisposable & { flow(order: Partial<FlowOrder>): Promise<FlowState>; fail(fault: Fault): Promise<void>; record(): Promise<GateRecord> }> {
  const server = createServer((request, response) => request.resume().on('end', () => response.writeHead(200).end()));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = await getPort();
  const [sender, gate] = [await start(senderImage()), await start(gateImage(), 'serve', `dev-loki=127.0.0.1:${port}=http://127.0.0.1:${(server.address() as AddressInfo).port}`)];
  return {
    flow: async (order) => {
      await axios.post(`${sender.url}/flows`, { name: 'one', signal: 'logs', ratePerSecond: 1000, items: 1000, url: `http://127.0.0.1:${port}/otlp/v1/${order.signal ?? 'logs'}`, ...order });
      return until('the flow\'s end', async () => {
        const { data } = await axios.get<FlowState>(`${sender.url}/flows/${order.name ?? 'one'}`);
        return data.running ? undefined : data;
      }, { timeoutMs: 30_000, intervalMs: 50 });
    },
    fail: async (fault) => void (await axios.put(`${gate.url}/routes/dev-loki/fault`, fault)),
    record: async () => (await axios.get<GateRecord>(`${gate.url}/routes/dev-loki`)).data,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([sender[Symbol.asyncDispose](), gate[Symbol.asyncDispose]()]);
      server.close();
    },
  };
}

test('the gate knows the sender\'s items of every signal by number', async () => {
  await using all = await rig();
  for (const signal of ['metrics', 'logs', 'traces'] as const) await all.flow({ name: signal, signal });
  expect((await all.record()).flows).toMatchObject(['metrics', 'logs', 'traces'].map((name) => ({ name, ranges: [[0, 1000]], distinct: 1000, copies: 0 })));
});

test('what the sender was refused is what the gate did not see taken', async () => {
  await using all = await rig();
  await all.fail({ mode: 'status', status: 503, share: 0.5, seconds: 60 });
  const { answers, acceptedItems } = await all.flow({ concurrency: 1 });
  const [flow] = (await all.record()).flows;
  expect(acceptedItems).toBe(500);
  expect(flow?.ranges).toEqual(answers.find(({ status }) => status === 200)?.ranges);
});

test('a route that refuses is a closed port, and comes back by itself', async () => {
  await using all = await rig();
  await all.fail({ mode: 'refuse', seconds: 0.5 });
  const { answers, acceptedItems } = await all.flow({ ratePerSecond: 500, concurrency: 1 });
  expect(answers.find(({ status }) => status === 0)?.firstBody).toMatch(/refused/);
  expect(acceptedItems).toBeGreaterThan(0);
  expect((await all.record()).flows[0]?.distinct).toBe(acceptedItems);
});

test('its own Go tests pass', async () => {
  const cwd = `${packageRoot}/fixtures/gate`;
  expect((await execa('go', ['vet', './...'], { cwd, reject: false })).stderr).toBe('');
  expect((await execa('go', ['test', './...'], { cwd, reject: false })).stdout).toMatch(/^ok/m);
});
