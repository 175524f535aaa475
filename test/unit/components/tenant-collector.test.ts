import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { collectorAccount, collectorObjects, collectorService, operatedCollector } from '../../../src/components/collector/manifests.ts';
import { usualDelivery } from '../../../src/components/collector/pipeline.ts';
import type { Delivery } from '../../../src/components/collector/pipeline.ts';
import { tenantCollectorConfig } from '../../../src/components/collector/tenant-config.ts';
import { tenantWorkload } from '../../../src/components/collector/workload.ts';

interface Config {
  readonly exporters: Record<string, { endpoint: string; headers: Record<string, string>; retry_on_failure: { enabled: boolean }; sending_queue: { enabled: boolean } }>;
  readonly service: { readonly pipelines: Record<string, object> };
}

const config = (otlpUrls: object): Config => parse(tenantCollectorConfig({ tenants: [{ name: 'dev', id: 'scp-dev.ti-1' }, { name: 'prod', id: 'scp-prod.ti-1' }], otlpUrls })) as Config;

test('each signal goes to its backend, tagged, limiter first and batch last', () => {
  const { exporters, service } = config({ mimir: 'http://m/otlp', loki: 'http://l/otlp', tempo: 'http://t' });
  expect(Object.keys(service.pipelines)).toEqual(['metrics/dev', 'logs/dev', 'traces/dev', 'metrics/prod', 'logs/prod', 'traces/prod']);
  expect(service.pipelines['traces/prod']).toEqual({ receivers: ['otlp/prod'], processors: ['memory_limiter', 'batch'], exporters: ['otlphttp/tempo-prod'] });
  expect(Object.values(exporters).map(({ headers }) => headers)).toEqual(['dev', 'dev', 'dev', 'prod', 'prod', 'prod'].map((name) => ({ 'X-Scope-OrgID': `scp-${name}.ti-1` })));
  expect(exporters['otlphttp/loki-dev']).toMatchObject({ endpoint: 'http://l/otlp', retry_on_failure: { enabled: true }, sending_queue: { enabled: true } });
});

test('a backend that is not there has neither exporter nor pipeline', () => {
  const { exporters, service } = config({ loki: 'http://l/otlp' });
  expect([Object.keys(exporters), Object.keys(service.pipelines)]).toEqual([['otlphttp/loki-dev', 'otlphttp/loki-prod'], ['logs/dev', 'logs/prod']]);
});

test('a tenant\'s collectors are behind a service, and have no rights in the cluster', () => {
  const workload = tenantWorkload('x: y', { tenants: 2, persistent: false, discovers: false });
  const place = { runId: 'r', namespace: 'n', image: 'i' };
  expect(workload.ports.map(({ port }) => port)).toEqual([4318, 4317, 4328, 4327]);
  expect(collectorAccount(place, workload)).toEqual([expect.objectContaining({ kind: 'ServiceAccount', automountServiceAccountToken: false })]);
  const { spec } = collectorService(place, workload) as { spec?: { selector: Record<string, string> } };
  const [, daemonSet] = collectorObjects(place, workload) as { spec?: { template: { metadata: { labels: Record<string, string> } } } }[];
  expect(daemonSet?.spec?.template.metadata.labels).toMatchObject(spec?.selector ?? { none: '' });
});

test('what is scraped and read from files goes out through the tenant\'s own exporters, scraped samples labelled with their collector', () => {
  const text = tenantCollectorConfig({
    tenants: [{ name: 'dev', id: 'd' }, { name: 'prod', id: 'p' }], otlpUrls: { mimir: 'http://m/otlp', loki: 'http://l/otlp' },
    scraping: { tenant: 'dev', receiver: { config: {} } }, files: { tenant: 'dev', receiver: { include: ['x'] } },
  });
  const { service, receivers } = parse(text) as Config & { readonly receivers: object };
  expect(service.pipelines['metrics/dev-prometheus']).toEqual({ receivers: ['prometheus'], processors: ['memory_limiter', 'attributes/plumbline', 'batch'], exporters: ['otlphttp/mimir-dev'] });
  expect(service.pipelines['logs/dev-filelog']).toEqual({ receivers: ['filelog'], processors: ['memory_limiter', 'batch'], exporters: ['otlphttp/loki-dev'] });
  expect(Object.keys(receivers)).toEqual(['otlp/dev', 'otlp/prod', 'prometheus', 'filelog']);
});

test('nothing is scraped for a backend that is not there', () => {
  const { service } = parse(tenantCollectorConfig({ tenants: [{ name: 'dev', id: 'd' }], otlpUrls: { loki: 'http://l' }, scraping: { tenant: 'dev', receiver: {} } })) as Config;
  expect(Object.keys(service.pipelines)).toEqual(['logs/dev']);
});

test('by default a collector retries, queues in memory and batches last; a persistent queue batches itself and keeps its files', () => {
  const tenants = [{ name: 'dev', id: 'd', otlpUrls: { loki: 'http://gate:9000/otlp' } }];
  const written = (delivery?: Delivery) => parse(tenantCollectorConfig({ tenants, otlpUrls: { loki: 'http://l/otlp' }, ...(delivery ? { delivery } : {}) })) as Config & {
    readonly processors: object; readonly service: { readonly extensions: readonly string[] };
  };
  const usual = written();
  expect(usual).toEqual(written(usualDelivery));
  expect(usual.exporters['otlphttp/loki-dev']).toMatchObject({ endpoint: 'http://gate:9000/otlp', sending_queue: { enabled: true } });
  const bare = written({ retry: false, queue: 'none', batching: 'processor' });
  expect(bare.exporters['otlphttp/loki-dev']).toMatchObject({ retry_on_failure: { enabled: false }, sending_queue: { enabled: false } });
  const kept = written({ retry: true, queue: 'persistent', batching: 'queue' });
  expect(kept.exporters['otlphttp/loki-dev']?.sending_queue).toMatchObject({ enabled: true, storage: 'file_storage', sizer: 'items', batch: { min_size: 5000 } });
  expect([Object.keys(kept.processors), kept.service.extensions]).toEqual([['memory_limiter'], ['health_check', 'file_storage']]);
});

test('only a persistent queue has a folder', () => {
  const volumes = (persistent: boolean): string => JSON.stringify(tenantWorkload('x: y', { tenants: 1, persistent, discovers: false }).volumes);
  expect(volumes(true)).toContain('/var/lib/otelcol/queue');
  expect(volumes(false)).toBe('[]');
});

test('a handover has the next collector Ready first, and the one before serve on for a moment, whoever deploys them', () => {
  const place = { runId: 'r', namespace: 'n', image: 'i' };
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  const lifecycle = { preStop: { sleep: { seconds: 3 } } };
  const specs = (handover: boolean) => {
    const workload = tenantWorkload('x: y', { tenants: 1, persistent: false, discovers: false, handover });
    return [collectorObjects(place, workload)[1], operatedCollector(place, 'collector', workload)].map((one) => (one as { spec?: object } | undefined)?.spec);
  };
  const [plain, operated] = specs(true);
  expect(plain).toMatchObject({ updateStrategy: strategy, template: { spec: { containers: [{ lifecycle }] } } });
  expect(operated).toMatchObject({ daemonSetUpdateStrategy: strategy, lifecycle });
  expect(JSON.stringify(specs(false))).not.toMatch(/maxSurge|preStop/);
});
