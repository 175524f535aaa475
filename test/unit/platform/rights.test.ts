import { expect, test } from 'vitest';
import { compact } from '../../../src/clusters/rights.ts';
import { madeBy, rightsFor } from '../../../src/platform/rights.ts';
import { platformSpec } from '../../../src/platform/spec.ts';

const plain = platformSpec.parse({ nodes: 1, collector: { version: '1' }, mimir: { version: '1' }, tenants: { a: {} } });
const scraped = platformSpec.parse({ nodes: 1, collector: { version: '1' }, allocator: { version: '1', strategy: 'per-node' }, targets: { pods: 2 } });
const operated = platformSpec.parse({ nodes: 1, collector: { version: '1' }, operator: { version: '1' }, tenants: { a: {} } });
const operatorRules = [{ apiGroups: ['batch'], resources: ['jobs'], verbs: ['get'] }];

const kinds = (spec: typeof plain) => rightsFor([spec], operatorRules).own.flatMap(({ resources }) => resources);

test('a platform without discovery and operator needs no rights to grant any, and makes namespaces alone', () => {
  expect(rightsFor([plain], operatorRules).granted).toEqual([]);
  expect(kinds(plain)).not.toEqual(expect.arrayContaining(['clusterroles']));
  expect(madeBy([plain], 'abc123')).toEqual(['namespaces pl-abc123-… with all that is in them']);
});

test('who discovers is granted that, and who brings an operator what its release says', () => {
  expect(rightsFor([scraped], operatorRules).granted).toHaveLength(3);
  expect(kinds(scraped)).toEqual(expect.arrayContaining(['clusterroles', 'clusterrolebindings']));
  expect(kinds(scraped)).not.toEqual(expect.arrayContaining(['customresourcedefinitions']));
  expect(rightsFor([operated], operatorRules).granted).toEqual(operatorRules);
  expect(kinds(operated)).toEqual(expect.arrayContaining(['customresourcedefinitions', 'mutatingwebhookconfigurations', 'secrets']));
  expect(madeBy([scraped, operated], 'abc123')).toHaveLength(4);
});

test('a user\'s pipelines that ask about pods take the rights to, and others none', () => {
  const configured = (processor: string): typeof plain => platformSpec.parse({ ...plain, collector: { version: '1', config: { file: 'x', digest: 'y', processors: {}, pipelines: { logs: { processors: [processor] } } } } });
  expect(rightsFor([configured('batch')], []).granted).toEqual([]);
  expect(JSON.stringify(rightsFor([configured('k8sattributes/x')], []).granted)).toContain('replicasets');
  expect(kinds(configured('k8sattributes/x'))).toEqual(expect.arrayContaining(['clusterroles', 'clusterrolebindings']));
});

test('targets through monitors, without a node or of a stateful set take rights that others do not', () => {
  const other = (more: object, collector: object = {}): typeof plain => platformSpec.parse({ ...scraped, collector: { version: '1', ...collector }, targets: { pods: 2, ...more } });
  const granted = (spec: typeof plain): string => JSON.stringify(rightsFor([spec], []).granted);
  expect(granted(scraped)).not.toMatch(/monitoring|slis/);
  expect(granted(other({ through: 'pod-monitors' }))).toContain('podmonitors');
  expect(kinds(other({ through: 'pod-monitors' }))).toEqual(expect.arrayContaining(['customresourcedefinitions', 'podmonitors']));
  expect(madeBy([other({ through: 'pod-monitors' })], 'abc123')).toContain('custom resource definitions of monitoring.coreos.com, where there are none');
  expect(granted(other({ nodeless: true }))).toContain('/metrics/slis');
  expect(kinds(other({}, { mode: 'statefulset' }))).toContain('statefulsets');
});

test('with nothing to judge nothing is needed or made', () => {
  expect([rightsFor([], operatorRules), madeBy([], 'abc123')]).toEqual([{ own: [], granted: [] }, []]);
});

test('rights are told once for each resource, and together where they are the same', () => {
  expect(compact([
    { where: 'namespaces', group: '', resources: ['pods', 'services'], verbs: ['get'] }, { where: 'namespaces', group: '', resources: ['pods'], verbs: ['create', 'get'] },
    { where: 'namespaces', group: '', resources: ['configmaps'], verbs: ['get'] }, { where: 'cluster', group: '', resources: ['services'], verbs: ['get'] },
  ])).toEqual([
    { where: 'namespaces', group: '', resources: ['pods'], verbs: ['create', 'get'] }, { where: 'namespaces', group: '', resources: ['services', 'configmaps'], verbs: ['get'] },
    { where: 'cluster', group: '', resources: ['services'], verbs: ['get'] },
  ]);
});

test('beside a user\'s own platform there is a sender, and what only collectors and backends need is not asked for', () => {
  const beside = platformSpec.parse({ nodes: 1, collector: { version: '1' }, tenants: { a: {}, b: {} }, installed: { backends: ['loki'], deliverySeconds: 60 } });
  expect(kinds(beside)).toEqual(['namespaces', 'nodes', 'configmaps', 'services', 'deployments', 'pods', 'pods/log', 'services/proxy', 'services/proxy']);
  expect(rightsFor([beside, plain], operatorRules).own).toEqual(rightsFor([plain], operatorRules).own);
});
