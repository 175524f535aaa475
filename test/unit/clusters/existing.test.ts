import type { V1Node } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { providersFor } from '../../../src/clusters/choose.ts';
import { abilitiesOf, lookForAbilities } from '../../../src/clusters/existing/abilities.ts';
import { missingOn } from '../../../src/clusters/existing/images.ts';
import type { Found } from '../../../src/clusters/existing/look.ts';
import { takesPods } from '../../../src/clusters/nodes.ts';
import type { ImageArchive } from '../../../src/images/source.ts';

const found = (name: string, more: Partial<Found> = {}): Found => ({ context: { name, named: { cluster: { server: 'https://k:6443' }, user: {} }, forRun: () => ({}) }, version: '1.30.1', nodes: 3, ...more });

test('a context is a cluster, also the same one again, and the smallest says how many nodes there are', () => {
  expect(abilitiesOf(3, [found('a'), found('b', { nodes: 2 })])).toMatchObject({ usable: true, clusters: 3, nodes: 2, ownNodes: false, findings: [expect.stringContaining('3 nodes for pods'), expect.stringContaining('2 nodes')] });
});

test('what is too old, has no place for pods or does not answer stands in the way, by its context', () => {
  expect(abilitiesOf(1, [found('old', { version: '1.25.9+k3s1' })])).toMatchObject({ usable: false, findings: [expect.stringMatching(/^Context old: Kubernetes 1\.25\.9\+k3s1 is older than 1\.26/), expect.anything()] });
  expect(abilitiesOf(1, [found('new', { version: '2.0.0' })]).usable).toBe(true);
  expect(abilitiesOf(1, [found('full', { nodes: 0 })])).toMatchObject({ usable: false, findings: [expect.stringContaining('no node takes pods'), expect.anything()] });
  expect(abilitiesOf(2, [found('a'), 'Context b: no answer.'])).toMatchObject({ usable: false, findings: ['Context b: no answer.', expect.anything()] });
});

test('an operator that is there is told of, with its context', () => {
  expect(abilitiesOf(2, [found('a'), found('b', { operator: 'its definitions' })]).operatorThere).toBe('one is there already (its definitions, in context b)');
  expect(abilitiesOf(1, [found('a')])).not.toHaveProperty('operatorThere');
});

test('without a kubeconfig nothing is asked and nothing fails', async () => {
  expect(await lookForAbilities({ kubeconfig: '/no/such/file' })).toMatchObject({ usable: false, clusters: 0, findings: [expect.stringContaining('/no/such/file')] });
});

test('down asks the provider that needs a run\'s folder before those that remove it', () => {
  expect(providersFor().map(({ name }) => name).slice(0, 2)).toEqual(['existing', 'embedded']);
});

const node = (more: V1Node = {}): V1Node => ({ metadata: { name: 'n', labels: {}, ...more.metadata }, spec: more.spec ?? {}, status: { conditions: [{ type: 'Ready', status: 'True' }], ...more.status } });

test.each([
  ['Ready', node(), true],
  ['not Ready', node({ status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }), false],
  ['cordoned', node({ spec: { unschedulable: true } }), false],
  ['tainted', node({ spec: { taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }] } }), false],
  ['tainted, but softly', node({ spec: { taints: [{ key: 'busy', effect: 'PreferNoSchedule' }] } }), true],
  ['of another system', node({ metadata: { name: 'w', labels: { 'kubernetes.io/os': 'windows' } } }), false],
])('a node that is %s', (_, given, takes) => {
  expect(takesPods(given)).toBe(takes);
});

test('an image is missing where a node would report it and does not; of a full list nothing follows', () => {
  const archive = { reference: 'local/a:1' } as ImageArchive;
  const reporting = (name: string, ...names: readonly string[]): V1Node => node({ metadata: { name }, status: { images: names.map((one) => ({ names: [one, 'local/x@sha256:1'] })) } });
  const full = reporting('full', ...Array.from({ length: 50 }, (_, index) => `local/b:${index}`));
  expect(missingOn([reporting('has', 'local/a:1'), reporting('lacks', 'local/a:2'), reporting('bare'), full], [archive])).toEqual([{ archive, nodes: ['lacks', 'bare'] }]);
  expect(missingOn([reporting('has', 'local/a:1'), full], [archive])).toEqual([]);
});
