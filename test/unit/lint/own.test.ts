import { stringify } from 'yaml';
import { expect, it } from 'vitest';
import { loadCatalog, selectClaims } from '../../../src/claims/catalog.ts';
import { sidesOf } from '../../../src/claims/sides.ts';
import { collectorConfig } from '../../../src/components/collector/config.ts';
import { collectorObjects, operatedCollector } from '../../../src/components/collector/manifests.ts';
import { usualDelivery } from '../../../src/components/collector/pipeline.ts';
import { samplerConfig } from '../../../src/components/collector/sampling-config.ts';
import { tenantCollectorConfig } from '../../../src/components/collector/tenant-config.ts';
import { tenantWorkload } from '../../../src/components/collector/workload.ts';
import { linted } from './samples.ts';

const place = { runId: 'abc123', namespace: 'n', image: 'i' };
const otlpUrls = { mimir: 'http://mimir:8080/otlp', loki: 'http://loki:3100/otlp', tempo: 'http://tempo:4318' };
const tenants = [{ name: 'dev', id: 'scp-dev' }, { name: 'prod', id: 'scp-prod', balancing: { hostname: 'samplers', routing: 'traceID' } as const }];
const tenantText = (delivery = usualDelivery): string => tenantCollectorConfig({ tenants, otlpUrls, delivery });
const workload = (text: string) => tenantWorkload(text, { tenants: 2, persistent: false, discovers: false });

/** What the claims' own platforms deploy keeps the rules; that their twins do not is among what makes them twins. */
it.each([
  ['a scraping collector', collectorConfig({ targetsFrom: { kind: 'own-discovery', scrapeConfigs: [] }, metricsEndpoint: otlpUrls.mimir, tenant: 'a' })],
  ['a scraping collector without a backend', collectorConfig({ targetsFrom: { kind: 'allocator', endpoint: 'http://allocator', pollSeconds: 2 }, tenant: 'a' })],
  ['tenants\' collectors', tenantText()],
  ['tenants\' collectors that batch in their queues', tenantText({ retry: true, queue: 'persistent', batching: 'queue' })],
  ['a sampler', samplerConfig({ keepPercent: 5, slowMs: 500, tenant: 'a', otlpUrl: otlpUrls.tempo, metricsPort: 8888, delivery: usualDelivery })],
  ['the operator\'s resource', stringify(operatedCollector(place, 'collector', workload(tenantText())))],
  ['plain objects', collectorObjects(place, workload(tenantText())).map((object) => stringify(object)).join('---\n')],
])('nothing is found in %s', (_, text) => {
  expect(linted(text)).toMatchObject({ configurations: 1, findings: [], allowed: 0 });
});

it('DL-4\'s twin is found: no queue, no retry', () => {
  const rules = linted(tenantText({ retry: false, queue: 'none', batching: 'processor' })).findings.map(({ rule }) => rule);
  expect(new Set(rules)).toEqual(new Set(['exporter-no-retry', 'exporter-no-queue']));
});

/** What the tenant's collectors of a claim's sides run with is linted as it is deployed. */
async function ofSides(id: string): Promise<readonly string[][]> {
  const [entry] = selectClaims(await loadCatalog(), [id]);
  const sides = await sidesOf(entry!.claim, { settings: {} });
  return sides.map(({ spec: { collector } }) => [...new Set(linted(tenantCollectorConfig({ tenants: [{ name: 'shop', id: 'shop.x' }], otlpUrls, delivery: collector, user: collector.config })).findings
    .filter(({ severity }) => severity === 'error').map(({ rule }) => rule))]);
}

it('each misorder of PO-1 is found by its own rule, and nothing is in its own platform; PO-2\'s twin is wrong by all of them', async () => {
  expect(await ofSides('PO-1')).toEqual([[], ['limiter-not-first'], ['enrichment-after-filter'], ['batch-not-last']]);
  const [own, twin] = await ofSides('PO-2');
  expect([own, twin?.toSorted()]).toEqual([[], ['batch-not-last', 'enrichment-after-filter', 'limiter-not-first']]);
});
