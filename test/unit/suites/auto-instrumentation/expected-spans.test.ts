import { expect, test } from 'vitest';
import { lackingOf } from '../../../../suites/auto-instrumentation/expected-spans.ts';
import type { SeenSpan } from '../../../../suites/auto-instrumentation/expected-spans.ts';

const span = (spanId: string, parentSpanId: string, service: string, kind: string, attributes: Record<string, unknown>): SeenSpan => ({ spanId, parentSpanId, service, kind, attributes, name: spanId });

const trace: readonly SeenSpan[] = [
  span('1', '0', 'storefront', 'server', { 'http.method': 'GET', 'http.status_code': 200, 'http.target': '/checkout?item=7' }),
  span('1a', '1', 'storefront', 'internal', {}),
  span('2', '1a', 'storefront', 'client', { 'http.request.method': 'POST', 'http.response.status_code': 200, 'url.full': 'http://orders:8080/orders?item=7' }),
  span('3', '2', 'orders', 'server', { 'http.request.method': 'POST', 'http.response.status_code': 200, 'http.route': '/orders' }),
  span('4', '3', 'orders', 'client', { 'db.system': 'postgresql', 'db.statement': 'insert into orders values (?)' }),
];
const without = (id: string): readonly SeenSpan[] => trace.filter(({ spanId }) => spanId !== id);
const changed = (id: string, change: Partial<SeenSpan>): readonly SeenSpan[] => trace.map((one) => (one.spanId === id ? { ...one, ...change } : one));

test('a chain from the first server to the database is whole, in old names and in new ones', () => {
  expect(lackingOf(trace)).toEqual([]);
});

test('a span that is missing, lacks an attribute or hangs elsewhere is named', () => {
  expect(lackingOf(without('4'))).toEqual(['no orders\' database span']);
  expect(lackingOf(changed('4', { attributes: { 'db.system': 'postgresql' } }))).toEqual(['orders\' database span without db.statement or db.query.text']);
  expect(lackingOf(changed('3', { parentSpanId: 'elsewhere' }))[0]).toBe('orders\' HTTP server span is no descendant of storefront\'s client span');
  expect(lackingOf([])).toHaveLength(4);
});
