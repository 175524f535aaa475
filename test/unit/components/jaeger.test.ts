import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { AskAs } from '../../../src/components/stored-flow.ts';
import { directHttp } from '../../../src/components/backend-access.ts';
import { jaegerConfig } from '../../../src/components/jaeger/config.ts';
import { jaegerDeployment } from '../../../src/components/jaeger/manifests.ts';
import { jaegerItems } from '../../../src/components/jaeger/query.ts';
import { jaegerSpans } from '../../../src/components/jaeger/spans.ts';
import { traceIdOf } from '../../../src/components/tempo/query.ts';
import { recording } from './loopback.ts';

test('what it takes by OTLP goes into the store that it is asked of, past nothing that could hold it back', () => {
  const { extensions, exporters, service } = parse(jaegerConfig()) as {
    extensions: { jaeger_storage: { backends: object }; jaeger_query: { storage: { traces: string } } }; exporters: { jaeger_storage_exporter: { trace_storage: string } }; service: { extensions: string[]; pipelines: object };
  };
  const stores = Object.keys(extensions.jaeger_storage.backends);
  expect([stores, extensions.jaeger_query.storage.traces, exporters.jaeger_storage_exporter.trace_storage]).toEqual([['in_memory'], 'in_memory', 'in_memory']);
  expect(service.pipelines).toEqual({ traces: { receivers: ['otlp'], exporters: ['jaeger_storage_exporter'] } });
  expect(service.extensions).toEqual(Object.keys(extensions));
});

test('pods of every cluster reach its query API and both ports of its intake', () => {
  const [, service] = jaegerDeployment({ runId: 'r', namespace: 'n', image: 'i' });
  expect((service as { spec?: object }).spec).toMatchObject({ type: 'NodePort', ports: [{ name: 'http', port: 16686 }, { name: 'otlp-http', port: 4318 }, { name: 'otlp-grpc', port: 4317 }] });
});

const span = (spanID: string, references: readonly object[] = []): object => ({ spanID, operationName: 'GET', references, processID: 'p1', startTime: 1, duration: 2, tags: [] });
const processes = { p1: { serviceName: 'orders', tags: [] } };

test('a span has its service and its parent; a link into another trace is no parent', () => {
  const traceID = '0123456789abcdef0000000000000007';
  const body = { data: [{ traceID, processes, spans: [
    span('0b', [{ refType: 'FOLLOWS_FROM', traceID, spanID: '01' }, { refType: 'CHILD_OF', traceID: 'f'.repeat(32), spanID: '02' }, { refType: 'CHILD_OF', traceID, spanID: '0a' }]), span('0a'),
  ] }], errors: null };
  expect(jaegerSpans(body).get(traceID)).toEqual([{ spanId: '0b', parentSpanId: '0a', name: 'GET', service: 'orders' }, { spanId: '0a', parentSpanId: '', name: 'GET', service: 'orders' }]);
  expect(jaegerSpans({ data: null }).size).toBe(0);
  expect(() => jaegerSpans({ message: 'no' })).toThrow();
});

test('a flow is read a hundred traces at a time, copies and all', async () => {
  const idsIn = (url = ''): readonly string[] => new URL(url, 'http://x').searchParams.getAll('traceID');
  await using server = await recording((request, response) => {
    const data = idsIn(request.url).filter((id) => id === traceIdOf('f', 0) || id === traceIdOf('f', 149)).map((traceID) => {
      const first = Number.parseInt(traceID.slice(-8), 16) * 2;
      return { traceID, processes, spans: [first, first + 1, first].map((item) => span((item + 1).toString(16).padStart(16, '0'))) };
    });
    response.end(JSON.stringify({ data }));
  });
  const as: AskAs = { access: { name: 'jaeger', http: directHttp({ proxy: false }), base: server.url, headers: {} }, tenant: undefined };
  const items = await jaegerItems(as, { name: 'f', sent: 300, spansPerTrace: 2, firstDataMs: 0, lastDataMs: 1 }, new AbortController().signal);
  expect([...items]).toEqual([0, 1, 0, 298, 299, 298]);
  expect(server.requests.map(({ url }) => idsIn(url).length)).toEqual([100, 50]);
  expect(server.requests.every(({ url }) => url?.startsWith('/api/traces?raw=true&'))).toBe(true);
});
