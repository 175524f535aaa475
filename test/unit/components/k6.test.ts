import type { V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { exceptionIn, failedRequestsIn, messagesOf, summaryIn } from '../../../src/components/k6/log.ts';
import { k6Pods, segmentsOf } from '../../../src/components/k6/manifests.ts';
import { k6Result } from '../../../src/components/k6/result.ts';
import { readScript } from '../../../src/components/k6/script.ts';
import { packageRoot } from '../../../src/run/paths.ts';

const message = (msg: string, more: object = {}): string => JSON.stringify({ level: 'warning', msg, time: '2026-01-01T00:00:00Z', ...more });

interface Sent { readonly count: number; readonly min: number; readonly max: number; readonly avg: number; readonly p99?: number; readonly crossed?: boolean }

/** A pod's log as k6 1.8.1 writes it, with the fields that are read. */
function log({ count, min, max, avg, p99 = 20, crossed = false }: Sent, messages: readonly string[] = []): string {
  const summary = {
    metrics: {
      http_reqs: { count, rate: 5 }, iterations: { count }, request_number: { count, min, max, avg }, requests_failed: { count: messages.length },
      http_req_failed: { passes: messages.length, fails: count - messages.length, thresholds: { 'rate<0.01': crossed } },
      http_req_duration: { med: 10, 'p(90)': 12, 'p(95)': 15, 'p(99)': p99, max: 30 }, dropped_iterations: { count: 1 },
    },
    root_group: { checks: { ok: { passes: count, fails: 0 } }, groups: { inner: { checks: { ok: { passes: 0, fails: 1 } }, groups: {} } } },
  };
  const lines = JSON.stringify(summary, null, 4).split('\n');
  const text = [...lines.slice(0, -1), message('said in between'), `}${message('said after it')}`];
  return [...messages, '', '  █ TOTAL RESULTS', '', ...text].join('\n');
}

test('segments are of equal size and in k6\'s words', () => {
  expect(segmentsOf(3)).toEqual({ segments: ['0:1/3', '1/3:2/3', '2/3:1'], sequence: '0,1/3,2/3,1' });
  expect(segmentsOf(1)).toEqual({ segments: ['0:1'], sequence: '0,1' });
});

test('each pod has its segment, the number of pods, and the script with what it imports', async () => {
  const script = await readScript(`${packageRoot}/fixtures/k6/shop.js`);
  expect(Object.keys(script.files).toSorted()).toEqual(['numbered.js', 'shop.js']);
  const objects = k6Pods({ runId: 'r', namespace: 'n', image: 'i' }, { name: 'a', pods: 2, ...script, env: { RATE: '5' } });
  expect(objects[0]).toMatchObject({ kind: 'ConfigMap', data: script.files });
  const containers = (objects.slice(1) as V1Pod[]).map(({ spec }) => spec?.containers[0]);
  expect(containers.map((one) => one?.args?.find((arg) => arg.startsWith('--execution-segment=')))).toEqual(['--execution-segment=0:1/2', '--execution-segment=1/2:1']);
  expect(containers[1]?.env).toContainEqual({ name: 'PODS', value: '2' });
});

test('a script that is not there, or imports from elsewhere, is named', async () => {
  await expect(readScript('/nowhere/x.js')).rejects.toMatchObject({ problem: { code: 'PL-LOAD-SCRIPT', kind: 'usage' } });
});

test('two pods are one result: numbers in order, counts summed, the worse latency, a threshold crossed by one', () => {
  const result = k6Result({
    a: log({ count: 3, min: 0, max: 4, avg: 2, p99: 40 }, [message('request 2 ended with status 503'), message('request 4 ended with status 0: dial tcp: refused')]),
    b: log({ count: 2, min: 1, max: 3, avg: 2, crossed: true }),
  });
  expect(result).toMatchObject({ requests: 5, failedRequests: 2, iterations: 5, dropped: 2, numbers: [0, 1, 2, 3, 4], failedUnnamed: 0 });
  expect(result.failed).toEqual([{ number: 2, status: 503, reason: '' }, { number: 4, status: 0, reason: 'dial tcp: refused' }]);
  expect(result.latencyMs.p99).toBe(40);
  expect(result.checks).toEqual([{ name: 'ok', passes: 5, fails: 2 }]);
  expect(result.thresholds).toEqual([{ metric: 'http_req_failed', threshold: 'rate<0.01', held: false }]);
});

test('failed requests that the log does not name any more are counted', () => {
  const cut = log({ count: 3, min: 0, max: 2, avg: 1 }, [message('request 1 ended with status 500'), message('something else')]);
  expect(k6Result({ a: cut })).toMatchObject({ failedUnnamed: 1 });
});

test('numbers at uneven distances are refused, even where their bounds look even', () => {
  expect(() => k6Result({ a: log({ count: 3, min: 0, max: 3, avg: 4 / 3 }) })).toThrow('multiples of PODS');
  // 0, 1, 4, 5, 8
  expect(() => k6Result({ a: log({ count: 5, min: 0, max: 8, avg: 3.6 }) })).toThrow('multiples of PODS');
});

test('a log may begin with the summary: a test that goes well says nothing before it', () => {
  const whole = log({ count: 1, min: 0, max: 0, avg: 0 });
  expect(summaryIn(whole.slice(whole.indexOf('{\n'))).metrics['iterations']).toEqual({ count: 1 });
});

test('an exception in an iteration is found, and a test without its end has no summary', () => {
  const thrown = message('ReferenceError: nothere is not defined\n\tat default (file:///x.js:2:37(2))\n', { level: 'error', source: 'stacktrace' });
  expect(exceptionIn(`${message('fine')}\n${thrown}`)).toContain('nothere is not defined');
  expect(exceptionIn(message('fine'))).toBeUndefined();
  expect(messagesOf(thrown)).toEqual(['error: ReferenceError: nothere is not defined', 'at default (file:///x.js:2:37(2))']);
  expect(() => summaryIn(thrown)).toThrow('no summary');
  expect(failedRequestsIn('request 3 ended with status 500')).toEqual([]);
});
