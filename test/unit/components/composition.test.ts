import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compositionOf } from '../../../src/components/collector/composition.ts';
import { collectorAccount, collectorObjects } from '../../../src/components/collector/manifests.ts';
import { withMisplaced } from '../../../src/components/collector/misplaced.ts';
import { usualDelivery } from '../../../src/components/collector/pipeline.ts';
import type { Delivery } from '../../../src/components/collector/pipeline.ts';
import { tenantCollectorConfig } from '../../../src/components/collector/tenant-config.ts';
import { takeConfig } from '../../../src/components/collector/user-config-take.ts';
import type { UserConfig } from '../../../src/components/collector/user-config.ts';
import { tenantWorkload } from '../../../src/components/collector/workload.ts';

const mine = `
processors: {batch: {timeout: 2s}, filter/x: {}, memory_limiter/a: {limit_mib: 9}}
exporters: {otlphttp: {timeout: 7s, compression: none, retry_on_failure: {max_interval: 9s}, sending_queue: {queue_size: 3, storage: file_storage/q}}}
service: {pipelines: {traces: {receivers: [otlp], processors: [filter/x, memory_limiter/a, batch], exporters: [otlphttp]}}}
`;

function user(said: readonly string[] = [], text = mine): UserConfig {
  return { file: 'mine.yaml', digest: 'sha256:0', ...takeConfig(text, 'mine.yaml').config, said: [...said] };
}

interface Exporter { readonly sending_queue: object; readonly retry_on_failure: object }

const memory = { limiter: { check_interval: '3s' }, queueRequests: 7, batchItems: 5 };

const traces = (delivery: Partial<Delivery>, said: readonly string[]) => {
  const composition = compositionOf({ ...usualDelivery, ...delivery }, user(said));
  return { names: composition.processorsOf('traces'), persistent: composition.persistent, exporter: composition.exporterOf('traces', 'http://t', 'a') as Exporter };
};

test('the user\'s parts stand between our receivers and backends', () => {
  const config = parse(tenantCollectorConfig({ tenants: [{ name: 'dev', id: 'dev.x' }], otlpUrls: { tempo: 'http://t', loki: 'http://l/otlp' }, user: user() })) as {
    receivers: object; processors: object; exporters: Record<string, object>; service: { extensions: string[]; pipelines: object };
  };
  expect(config.service.pipelines).toEqual({
    'traces/dev': { receivers: ['otlp/dev'], processors: ['filter/x', 'memory_limiter/a', 'batch'], exporters: ['otlphttp/tempo-dev'] },
    'logs/dev': { receivers: ['otlp/dev'], processors: ['memory_limiter/plumbline', 'batch/plumbline'], exporters: ['otlphttp/loki-dev'] },
  });
  expect(config.processors).toMatchObject({ batch: { timeout: '2s' }, 'memory_limiter/a': { limit_mib: 9 }, 'batch/plumbline': { timeout: '200ms' } });
  expect(config.exporters['otlphttp/tempo-dev']).toEqual({
    endpoint: 'http://t', headers: { 'X-Scope-OrgID': 'dev.x' }, timeout: '7s', compression: 'none', retry_on_failure: { max_interval: '9s' }, sending_queue: { queue_size: 3, storage: 'file_storage' },
  });
  // The seed's, for the signal that the file says nothing of.
  expect(config.exporters['otlphttp/loki-dev']).toMatchObject({ retry_on_failure: { max_interval: '2s' }, sending_queue: { enabled: true } });
  expect(config.service.extensions).toEqual(['health_check', 'file_storage']);
});

test('it holds in place of what the platform\'s file says, whatever that is', () => {
  const own = traces({}, []);
  expect(traces({ retry: false, queue: 'none', batching: 'queue' }, [])).toEqual(own);
  expect(own.persistent).toBe(true);
  expect(compositionOf(usualDelivery, user([], mine.replace('storage: file_storage/q', 'enabled: true'))).persistent).toBe(false);
  expect(compositionOf(usualDelivery, user([], mine.replace('queue_size: 3', 'enabled: false'))).persistent).toBe(false);
});

test('what was said after it holds in its place, and nothing else changes', () => {
  const own = traces({}, []);
  const bare = traces({ retry: false, queue: 'none' }, ['retry', 'queue']);
  expect([bare.exporter.retry_on_failure, bare.exporter.sending_queue, bare.persistent, bare.names]).toEqual([{ enabled: false }, { enabled: false }, false, own.names]);
  const memory = traces({ queue: 'memory' }, ['queue']);
  expect([memory.exporter.sending_queue, memory.exporter.retry_on_failure, memory.persistent]).toEqual([{ enabled: true, queue_size: 3 }, { max_interval: '9s' }, false]);
  const kept = compositionOf({ ...usualDelivery, queue: 'persistent' }, user(['queue'], mine.replace(', storage: file_storage/q', '')));
  expect(kept.exporterOf('traces', '', '')).toMatchObject({ sending_queue: { enabled: true, queue_size: 3, storage: 'file_storage' } });
});

test('what was said of batching and of the limiter takes the seed\'s processor in place of the user\'s, or none', () => {
  expect(traces({ batching: 'processor' }, ['batching']).names).toEqual(['filter/x', 'memory_limiter/a', 'batch/plumbline']);
  const queue = traces({ batching: 'queue' }, ['batching']);
  expect([queue.names, queue.exporter.sending_queue]).toEqual([['filter/x', 'memory_limiter/a'], expect.objectContaining({ sizer: 'items', storage: 'file_storage', batch: { flush_timeout: '200ms', min_size: 5000, max_size: 5000 } })]);
  expect(traces({ memory }, ['memory.limiter.check_interval']).names).toEqual(['memory_limiter/plumbline', 'filter/x', 'batch']);
  expect(traces({ memory: { ...memory, limiter: 'none' } }, ['memory.limiter']).names).toEqual(['filter/x', 'batch']);
  expect(traces({ memory }, ['memory.queueRequests']).exporter.sending_queue).toEqual({ queue_size: 7, storage: 'file_storage' });
  // Its file may say what it likes of them.
  expect(traces({ memory: { ...memory, limiter: 'none' } }, ['memory.goMemLimitMiB'])).toEqual(traces({}, []));
});

test('one type of processor can be misplaced, in the user\'s pipelines and in the seed\'s, and nothing else moves', () => {
  expect(traces({ misplaced: 'memory_limiter' }, []).names).toEqual(['filter/x', 'batch', 'memory_limiter/a']);
  expect(traces({ misplaced: 'batch' }, []).names).toEqual(['batch', 'filter/x', 'memory_limiter/a']);
  expect(compositionOf({ ...usualDelivery, misplaced: 'memory_limiter' }).processorsOf('logs')).toEqual(['batch', 'memory_limiter']);
  const names = ['memory_limiter', 'k8sattributes', 'filter/a', 'transform', 'filter/b', 'batch'];
  expect(withMisplaced(names, 'filter')).toEqual(['memory_limiter', 'filter/a', 'filter/b', 'k8sattributes', 'transform', 'batch']);
  expect(withMisplaced(names, 'batch')).toEqual(['memory_limiter', 'batch', 'k8sattributes', 'filter/a', 'transform', 'filter/b']);
  expect(withMisplaced(['memory_limiter'], 'batch')).toEqual(['memory_limiter']);
  expect(withMisplaced(['memory_limiter'], 'memory_limiter')).toEqual(['memory_limiter']);
  expect(withMisplaced(['filter/a', 'batch'], 'memory_limiter')).toEqual(['filter/a', 'batch']);
});

test('what is scraped goes through the user\'s processors, labelled after a limiter that is first', () => {
  const scraped = (processors: string): unknown => {
    const text = tenantCollectorConfig({ tenants: [{ name: 'dev', id: 'd' }], otlpUrls: { mimir: 'http://m' }, scraping: { tenant: 'dev', receiver: {} }, user: user([], mine.replace('traces:', 'metrics:').replace(/processors: \[.*?\]/, `processors: [${processors}]`)) });
    return (parse(text) as { service: { pipelines: Record<string, { processors: string[] }> } }).service.pipelines['metrics/dev-prometheus']?.processors;
  };
  expect(scraped('memory_limiter/a, batch')).toEqual(['memory_limiter/a', 'attributes/plumbline', 'batch']);
  expect(scraped('batch, memory_limiter/a')).toEqual(['attributes/plumbline', 'batch', 'memory_limiter/a']);
  expect(scraped('')).toEqual(['attributes/plumbline']);
});

test('spans that are balanced among samplers pass the user\'s processors, and ours sends them', () => {
  const balancing = { hostname: 'samplers', routing: 'traceID' } as const;
  const text = tenantCollectorConfig({ tenants: [{ name: 'dev', id: 'd', balancing }], otlpUrls: { tempo: 'http://t' }, user: user() });
  expect(parse(text)).toMatchObject({ exporters: { 'loadbalancing/tempo-dev': { routing_key: 'traceID' } }, service: { pipelines: { 'traces/dev': { processors: ['filter/x', 'memory_limiter/a', 'batch'], exporters: ['loadbalancing/tempo-dev'] } } } });
});

test('a collector that asks about pods has the rights to, and what it refers to is in its environment', () => {
  const workload = { ...tenantWorkload('x: y', { tenants: 1, persistent: false, discovers: false }), enriches: true, podFacts: { K8S_NODE_NAME: 'spec.nodeName' } };
  const place = { runId: 'r', namespace: 'n', image: 'i' };
  expect(JSON.stringify(collectorAccount(place, workload))).toContain('"replicasets","deployments","statefulsets"');
  expect(JSON.stringify(collectorObjects(place, workload))).toContain('{"name":"K8S_NODE_NAME","valueFrom":{"fieldRef":{"fieldPath":"spec.nodeName"}}}');
});
