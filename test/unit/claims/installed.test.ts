import { expect, test } from 'vitest';
import { loadCatalog } from '../../../src/claims/catalog.ts';
import { onInstalled } from '../../../src/claims/installed.ts';
import { sidesOf } from '../../../src/claims/sides.ts';
import { unmetNeed } from '../../../src/claims/unmet.ts';
import { clustersOf } from '../../../src/platform/clusters.ts';
import { platformImages } from '../../../src/platform/images.ts';
import { installedSpec, serviceAt } from '../../../src/platform/installed-spec.ts';

const installed = installedSpec.parse({
  loki: { url: 'https://loki.example', headers: { Authorization: 'Bearer secret' } }, tempo: { url: 'http://tempo.traces.svc:3200', headers: {} }, deliverySeconds: 30,
  tenants: { 'team-a': { id: 'a', collector: 'http://a' }, 'team-b': { id: 'b', collector: 'http://b' }, 'team-c': { id: 'c', collector: 'http://c' } },
});
const catalog = await loadCatalog();
const claimOf = (id: string) => {
  const found = catalog.find(({ claim }) => claim.id === id);
  if (!found) throw new Error(`no ${id}`);
  return onInstalled(found.claim);
};
const able = { clusters: 1, nodes: 1, ownNodes: false };

test('claims that look at no more than what goes in and comes out are judged, and every other is skipped with the reason', async () => {
  const met = await Promise.all(catalog.map(async ({ claim }) => {
    const sides = claim.blackBox ? await sidesOf(onInstalled(claim), { settings: {}, installed }) : await sidesOf(claim, { settings: {} });
    const unmet = unmetNeed(claim, sides, able, true);
    expect([undefined, 'deploys, changes or watches a part of its platform, which it does to none that is your own']).toContain(unmet);
    return unmet === undefined ? [claim.id] : [];
  }));
  expect(met.flat()).toEqual(['TI-1', 'TI-2']);
});

test('of a user\'s platform only a sender is deployed, and no credential is in what it is deployed from', async () => {
  for (const id of ['TI-1', 'TI-2']) {
    for (const { spec } of await sidesOf(claimOf(id), { settings: {}, installed })) {
      expect(platformImages(spec).map(({ component }) => component), id).toEqual(['sender']);
      expect([...clustersOf(spec).values()].map(({ nodes }) => nodes.length), id).toEqual([1]);
      expect(JSON.stringify(spec)).not.toContain('secret');
    }
  }
});

test('the twin is wrong in what the run does, and the platform is the same', async () => {
  const [own, twin] = await sidesOf(claimOf('TI-1'), { settings: {}, installed });
  expect(own?.spec.installed).toEqual({ backends: ['loki', 'tempo'], deliverySeconds: 30, tenantAdded: false });
  expect(own?.spec.tenants).toEqual({ 'team-a': { limits: {} }, 'team-b': { limits: {} }, 'team-c': { limits: {} } });
  expect(twin?.spec).toEqual({ ...own?.spec, tenants: { ...own?.spec.tenants, 'team-b': { limits: {}, taggedAs: 'team-a' } } });
  const [, gateway] = await sidesOf(claimOf('TI-2'), { settings: {}, installed });
  expect(gateway?.spec).toEqual({ ...own?.spec, installed: { ...own?.spec.installed, tenantAdded: true } });
});

test('a wait can be widened by --set, and nothing else of a platform that is there already can be set', async () => {
  const [own] = await sidesOf(claimOf('TI-1'), { settings: { 'installed.deliverySeconds': '120' }, installed });
  expect(own?.spec.installed?.deliverySeconds).toBe(120);
  await expect(sidesOf(claimOf('TI-1'), { settings: { 'loki.version': '3.5.1' }, installed })).rejects.toMatchObject({ problem: { code: 'PL-SET-UNKNOWN', expected: 'one of installed.deliverySeconds' } });
  await expect(sidesOf(claimOf('TI-1'), { settings: { 'installed.deliverySeconds': '120' } })).rejects.toMatchObject({ problem: { code: 'PL-SET-UNKNOWN' } });
});

test('tenants in clusters of their own need as many contexts', async () => {
  const wide = { ...installed, clusters: ['management', 'dev'], tenants: { ...installed.tenants, 'team-b': { ...installed.tenants['team-b'], cluster: 'dev' } } };
  const sides = await sidesOf(claimOf('TI-1'), { settings: {}, installed: installedSpec.parse(wide) });
  expect(unmetNeed(claimOf('TI-1'), sides, able, true)).toMatch(/needs 2 clusters/);
  expect(unmetNeed(claimOf('TI-1'), sides, { ...able, clusters: 2 }, true)).toBeUndefined();
});

test.each([
  ['http://loki.logs.svc:3100', { service: 'loki', namespace: 'logs', port: 3100, tls: false, path: '' }],
  ['https://mimir.metrics.svc.cluster.local/prometheus', { service: 'mimir', namespace: 'metrics', port: 443, tls: true, path: '/prometheus' }],
  ['http://mimir.metrics.svc', { service: 'mimir', namespace: 'metrics', port: 80, tls: false, path: '' }],
  ['http://mimir.metrics.svc.example.com', undefined],
  ['http://pod.mimir.metrics.svc', undefined],
  ['https://loki.example', undefined],
])('%s is a service of the cluster or none', (url, address) => {
  expect(serviceAt(url, 'cluster.local')).toEqual(address);
});
