import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operatedCollector } from '../../../src/components/collector/manifests.ts';
import { scrapingWorkload, tenantWorkload } from '../../../src/components/collector/workload.ts';
import { operatorFiles } from '../../../src/components/operator/files.ts';
import type { OperatorFiles } from '../../../src/components/operator/files.ts';
import { operatorFolders } from '../../../src/components/operator/image.ts';
import { missingAgents } from '../../../src/components/operator/injected.ts';
import { lastError } from '../../../src/components/operator/log.ts';
import { operatorObjects } from '../../../src/components/operator/manifests.ts';
import { allocatorResource, collectorResource, injectAnnotation, instrumentationResource } from '../../../src/components/operator/resources.ts';

const place = { runId: 'r1', namespace: 'n', image: 'i' };
const keys = { ca: 'CA', cert: 'C', key: 'K' };

const files: OperatorFiles = {
  definitions: [{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'x.opentelemetry.io', annotations: { a: 'b' } } }],
  webhooks: [{
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'MutatingWebhookConfiguration', metadata: { name: 'mutating-webhook-configuration' },
    webhooks: [
      { name: 'minstrumentation.kb.io', clientConfig: { service: { path: '/i' } } }, { name: 'mpod.kb.io', clientConfig: { service: { path: '/mutate-v1-pod' } } },
    ],
  }],
  rights: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }],
};

test('everything of the operator carries the run\'s id, what belongs to the whole cluster too', () => {
  const objects = operatorObjects(place, files, keys);
  expect(objects.map(({ kind }) => kind)).toEqual([
    'CustomResourceDefinition', 'ServiceAccount', 'ClusterRole', 'ClusterRoleBinding', 'Secret', 'Service', 'Deployment', 'MutatingWebhookConfiguration',
  ]);
  expect(objects.filter(({ metadata }) => metadata?.labels?.['plumbline.dev/run'] !== 'r1')).toEqual([]);
  expect(objects[0]?.metadata).toMatchObject({ name: 'x.opentelemetry.io', annotations: { a: 'b' } });
});

test('feature gates are the operator\'s arguments, and without any it has none', () => {
  const args = (gates?: readonly string[]): string => JSON.stringify(operatorObjects(place, files, keys, gates).find(({ kind }) => kind === 'Deployment'));
  expect(args(['a', 'b'])).toContain('"--feature-gates=a,b"');
  expect(args()).not.toContain('feature-gates');
});

test('webhooks lead to the operator\'s service, and only pods of the run are asked about', () => {
  const { webhooks } = operatorObjects(place, files, keys).at(-1) as unknown as { webhooks: { name: string; namespaceSelector?: object; clientConfig: object }[] };
  expect(webhooks.map(({ clientConfig }) => clientConfig)).toEqual(['/i', '/mutate-v1-pod'].map((path) => ({ caBundle: Buffer.from('CA').toString('base64'), service: { name: 'operator', namespace: 'n', path, port: 9443 } })));
  expect(webhooks.map(({ namespaceSelector }) => namespaceSelector)).toEqual([undefined, { matchLabels: { 'plumbline.dev/run': 'r1' } }]);
});

test('definitions, webhooks and rights are read from the files of the release', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-operator-'));
  try {
    for (const one of Object.values(operatorFolders)) await mkdir(join(folder, one), { recursive: true });
    await writeFile(join(folder, operatorFolders.definitions, 'b.yaml'), '---\nkind: CustomResourceDefinition\nmetadata: {name: b}\n');
    await writeFile(join(folder, operatorFolders.webhooks, 'manifests.yaml'), '---\nkind: MutatingWebhookConfiguration\nwebhooks: []\n---\nkind: ValidatingWebhookConfiguration\nwebhooks: []\n');
    await writeFile(join(folder, operatorFolders.rights, 'role.yaml'), '---\nkind: ClusterRole\nrules:\n- {apiGroups: [""], resources: [pods], verbs: [get]}\n');
    const read = await operatorFiles(folder);
    expect(read.definitions.map(({ metadata }) => metadata?.name)).toEqual(['b']);
    expect(read.webhooks.map(({ kind }) => kind)).toEqual(['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']);
    expect(read.rights).toEqual([{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

interface Spec { readonly spec: Readonly<Record<string, unknown>>; readonly metadata: { readonly labels: Readonly<Record<string, string>> } }

test('a collector\'s resource has what its plain objects have: image, configuration, ports by number, no rights', () => {
  const workload = tenantWorkload('receivers: {otlp: {}}', { tenants: 2, persistent: true, discovers: false, podLogs: '/var/log/pods' });
  const { spec, metadata } = operatedCollector(place, 'collector', workload) as unknown as Spec;
  expect(spec).toMatchObject({ mode: 'daemonset', image: 'i', upgradeStrategy: 'none', config: { receivers: { otlp: {} } }, serviceAccount: 'collector', terminationGracePeriodSeconds: 2, podSecurityContext: { supplementalGroups: [0] } });
  expect((spec['ports'] as { name: string; port: number }[]).map(({ name, port }) => [name, port])).toEqual([['http-0', 4318], ['grpc-0', 4317], ['http-1', 4328], ['grpc-1', 4327]]);
  expect((spec['volumeMounts'] as { name: string }[]).map(({ name }) => name)).toEqual(['queue', 'pod-logs']);
  expect(spec).not.toHaveProperty('nodeSelector');
  expect(metadata.labels).toMatchObject({ 'app.kubernetes.io/name': 'collector', 'plumbline.dev/run': 'r1' });
});

test('an allocator is its collector\'s own, or a resource that the collector names', () => {
  const allocator = { image: 'a', strategy: 'per-node', serviceAccount: 'allocator', memory: { request: 1, limit: 2 } } as const;
  const own = operatedCollector(place, 'collector', scrapingWorkload('{}', true), { allocator }) as unknown as Spec;
  expect(own.spec['targetAllocator']).toMatchObject({ enabled: true, image: 'a', allocationStrategy: 'per-node', filterStrategy: 'relabel-config', prometheusCR: { enabled: false } });
  const named = collectorResource({ ...place, name: 'c' }, { mode: 'daemonset', app: 'collector', image: 'i', config: {}, memory: { request: 1, limit: 2 }, allocatorNamed: 'c' }) as unknown as Spec;
  expect(named.spec).not.toHaveProperty('targetAllocator');
  expect(named.metadata.labels).toMatchObject({ 'opentelemetry.io/target-allocator': 'c' });
  expect((allocatorResource({ ...place, name: 'c' }, { ...allocator, strategy: 'consistent-hashing' }) as unknown as Spec).spec).toMatchObject({ allocationStrategy: 'consistent-hashing' });
});

test('an instrumentation names the images of its agents, and nothing of agents that it has not', () => {
  const { spec } = instrumentationResource({ ...place, name: 'shop' }, { endpoint: 'http://c:4318', propagators: ['tracecontext'], env: { A: '1' }, java: { image: 'j', env: { B: '2' } } }) as unknown as Spec;
  expect(spec).toMatchObject({ exporter: { endpoint: 'http://c:4318' }, propagators: ['tracecontext'], sampler: { type: 'parentbased_always_on' }, env: [{ name: 'A', value: '1' }], java: { image: 'j', env: [{ name: 'B', value: '2' }] } });
  expect(spec).not.toHaveProperty('nodejs');
});

test('a pod lacks the agents that it asked for and no init container brings', () => {
  const pod = (initContainers: string[], env: string[] = []): object => ({
    metadata: { annotations: { [injectAnnotation('java')]: 'true', [injectAnnotation('nodejs')]: 'false', other: 'true' } },
    spec: { initContainers: initContainers.map((name) => ({ name })), containers: [{ env: env.map((name) => ({ name })) }] },
  });
  expect(missingAgents(pod([]))).toEqual(['java']);
  expect(missingAgents(pod(['opentelemetry-auto-instrumentation-nodejs']))).toEqual(['java']);
  expect(missingAgents(pod(['opentelemetry-auto-instrumentation-java']))).toEqual([]);
  const sdk = { metadata: { annotations: { [injectAnnotation('sdk')]: 'true' } } };
  expect(missingAgents({ ...pod([]), ...sdk })).toEqual(['sdk']);
  expect(missingAgents({ ...pod([], ['OTEL_EXPORTER_OTLP_ENDPOINT']), ...sdk })).toEqual([]);
});

test('the operator\'s last complaint about an object is found among its lines', () => {
  const line = (level: string, namespace: string, error: string): string => JSON.stringify({ level, message: 'Reconciler error', OpenTelemetryCollector: { name: 'collector', namespace }, error });
  const log = [line('ERROR', 'n', 'first'), line('ERROR', 'n', 'second'), line('INFO', 'n', 'third'), line('ERROR', 'other', 'fourth'), 'panic: n collector', ''].join('\n');
  expect(lastError(log, { namespace: 'n', name: 'collector' })).toBe('Reconciler error: second');
  expect(lastError(log, { namespace: 'nowhere', name: 'collector' })).toBeUndefined();
});
