import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { grafanaConfig } from '../../../src/components/grafana/config.ts';
import { dataSourcesFile, dataSourceUid } from '../../../src/components/grafana/data-sources.ts';
import { framesOf } from '../../../src/components/grafana/query.ts';

test('a data source carries its tenant\'s id, and one without the header does not', () => {
  const sources = ['scp-dev.ti-7', 'scp-prod.ti-7'].map((tenantId) => ({ tenantId, backend: 'mimir' as const, url: 'http://m', header: tenantId.startsWith('scp-dev') }));
  const { datasources } = parse(dataSourcesFile(sources)) as { datasources: Record<string, unknown>[] };
  expect(datasources[0]).toMatchObject({ uid: 'scp-dev-ti-7-mimir', type: 'prometheus', url: 'http://m/prometheus', jsonData: { httpHeaderName1: 'X-Scope-OrgID' }, secureJsonData: { httpHeaderValue1: 'scp-dev.ti-7' } });
  expect(datasources[1]).not.toHaveProperty('jsonData');
});

test('uids stay within what Grafana takes, and apart', () => {
  const long = ['a', 'b'].map((end) => dataSourceUid(`a-tenant-with-a-very-long-name.ti-7-cell-12-${end}`, 'mimir'));
  expect(long[0]).toMatch(/^[a-zA-Z0-9_-]{1,40}$/);
  expect(long[0]).not.toBe(long[1]);
});

test('Grafana asks nobody outside and lets nobody in without a login', () => {
  const text = grafanaConfig();
  for (const line of ['reporting_enabled = false', 'check_for_updates = false', 'check_for_plugin_updates = false', 'disable_gravatar = true', 'news_feed_enabled = false']) expect(text).toContain(line);
  expect(text).toMatch(/\[auth\.anonymous\]\nenabled = false/);
});

/** As Grafana 10.1 answered. */
const metrics = '{"results":{"A":{"status":200,"frames":[{"schema":{"fields":[{"name":"Time","type":"time"},{"name":"Value","type":"number"}]},"data":{"values":[[1795387504720],[300]]}}]}}}';

test('values of a panel come from the frames, and an error with the backend\'s own text', () => {
  expect(framesOf({ status: 200, text: metrics }, 'number')).toEqual({ status: 200, error: '', found: ['300'] });
  expect(framesOf({ status: 200, text: '{"results":{"A":{"status":200,"frames":[{"schema":{"fields":[]},"data":{"values":[]}}]}}}' }, 'number').found).toEqual([]);
  expect(framesOf({ status: 500, text: '{"results":{"A":{"status":500,"error":"no org id\\n"}}}' }, 'string')).toEqual({ status: 500, error: 'no org id\n', found: [] });
  expect(framesOf({ status: 404, text: '{"message":"Data source not found"}' }, 'number')).toMatchObject({ status: 404, found: [] });
});
