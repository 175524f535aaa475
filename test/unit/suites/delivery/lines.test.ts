import { expect, test } from 'vitest';
import { judgeLines } from '../../../../suites/delivery/lines-judge.ts';
import type { RequestLine } from '../../../../suites/delivery/lines-judge.ts';

const traceIdOf = (request: number): string => `trace-${request}`;
const line = (service: string, request: number, traceId: string | undefined = traceIdOf(request)): RequestLine => ({ service, request, traceId });
const whole = [0, 1].flatMap((request) => [line('storefront', request), line('orders', request)]);
const judged = (lines: readonly RequestLine[]) => judgeLines({ requests: [0, 1], services: ['storefront', 'orders'], lines, traceIdOf });

test('each line once with its own trace id holds', () => {
  expect(judged(whole)).toMatchObject({ holds: true, observed: '4 lines once, each with its trace id' });
});

test('lost, doubled, bare and foreign lines are told apart', () => {
  expect(judged(whole.slice(1))).toMatchObject({ holds: false, observed: 'of 4 lines 1 of storefront lost', cause: 'request 0 has no line of storefront' });
  expect(judged([...whole, line('orders', 1)])).toMatchObject({ holds: false, observed: 'of 4 lines 1 of orders doubled', cause: 'request 1 has 2 lines of orders' });
  expect(judged(whole.map((one) => ({ ...one, traceId: undefined })))).toMatchObject({ observed: 'of 4 lines 2 of storefront without a trace id, 2 of orders without a trace id', cause: 'the line of storefront for request 0 carries no trace id' });
  expect(judged([...whole.slice(0, 3), line('orders', 1, 'trace-0')])).toMatchObject({ observed: 'of 4 lines 1 of orders with the trace id of something else', cause: 'the line of orders for request 1 carries the trace id trace-0' });
});

test('no requests at all prove nothing', () => {
  expect(judgeLines({ requests: [], services: ['orders'], lines: [], traceIdOf }).holds).toBe(false);
});
