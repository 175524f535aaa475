import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Agent } from 'node:https';
import type { KubernetesObject, V1Node } from '@kubernetes/client-node';
import axios from 'axios';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { createAuthority, servingCertificate } from '../../../src/clusters/pki.ts';
import { get, json } from '../../../src/clusters/kube-api.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { apply, deleteNamespace, kubeClient, podLogs, podsOf, proxyGet } from '../../../src/clusters/kubernetes.ts';
import type { KubeClient } from '../../../src/clusters/kubernetes.ts';
import type { StartedCluster } from '../../../src/clusters/provider.ts';
import type { ImageArchive } from '../../../src/images/source.ts';
import { environmentValue } from '../../../src/processes/proc.ts';
import type { RunContext } from '../../../src/run/context.ts';
import { until } from '../../../src/run/wait.ts';
import { newRun, newRunId, ownStateFolder, podWhere, probe, probeImage, startProbe } from './support.ts';
import { snapshot } from './snapshot.ts';
import type { Snapshot } from './snapshot.ts';

const provider = embeddedProvider();
let state: AsyncDisposable;
let context: RunContext;
let before: Snapshot;
let cluster: StartedCluster;
let second: StartedCluster;
let client: KubeClient;
let image: ImageArchive;

beforeAll(async () => {
  state = await ownStateFolder();
  const id = newRunId();
  before = await snapshot(id);
  context = await newRun(id);
  image = await probeImage(context);
  const nodes = [{ name: 'small', memoryMiB: 2048 }, { name: 'middle', memoryMiB: 4096 }, { name: 'whole' }];
  [cluster, second] = await Promise.all([provider.create({ name: 'first', nodes }, context), provider.create({ name: 'second', nodes: [{ name: 'alone' }] }, context)]);
  await Promise.all([cluster.loadImages([image]), second.loadImages([image])]);
  client = await kubeClient(cluster.kubeconfigPath);
});

afterAll(async () => {
  await provider.remove(context.id);
  const after = await snapshot(context.id);
  await state[Symbol.asyncDispose]();
  expect(after).toEqual(before);
});

test('nodes are Ready, of the size asked for, and know their pod ranges', async () => {
  const { items } = json(await get(client, '/api/v1/nodes')) as { items: V1Node[] };
  const sizes = items.map(({ metadata, status }) => [metadata?.name, status?.capacity?.['memory'], status?.conditions?.find((one) => one.type === 'Ready')?.status]);
  expect(sizes.slice(0, 2)).toEqual([['middle', '4Gi', 'True'], ['small', '2Gi', 'True']]);
  expect(sizes[2]?.[2]).toBe('True');
  expect(new Set(items.map((node) => node.spec?.podCIDR)).size).toBe(3);
  expect(new Set(items.map((node) => node.status?.nodeInfo?.machineID)).size).toBe(3);
  expect(cluster.nodes.map((node) => node.name)).toEqual(['small', 'middle', 'whole']);
});

test('a node’s memory is what its kubelet accounts for, not the machine’s', async () => {
  const summary = json(await get(client, '/api/v1/nodes/small/proxy/stats/summary')) as { node: { memory: { workingSetBytes: number; availableBytes: number } } };
  expect(summary.node.memory.workingSetBytes).toBeGreaterThan(0);
  expect(summary.node.memory.workingSetBytes + summary.node.memory.availableBytes).toBe(2048 * 1024 ** 2);
});

test('a pod over its node’s memory is killed inside it, after more than half of it', async () => {
  await startProbe(client, image, { name: 'hungry', node: 'small', args: ['eat', '3000'] });
  const { status } = await podWhere(client, 'hungry', 'killed', (pod) => pod.status?.phase === 'Failed');
  expect(status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({ reason: 'OOMKilled', exitCode: 137 });
  const eaten = [...(await podLogs(client, 'default', 'hungry')).matchAll(/eaten (\d+) MiB/g)].map((match) => Number(match[1]));
  expect(Math.max(...eaten)).toBeGreaterThan(1024);
  expect(Math.max(...eaten)).toBeLessThan(2048);
});

test('the same pod lives on a node that is large enough', async () => {
  expect(await probe(client, image, { name: 'sated', node: 'middle', args: ['eat', '3000'] })).toMatch(/sated 47$/);
});

test('a service is found by name and reached from a pod on another node, and from its own', async () => {
  await startProbe(client, image, { name: 'server', node: 'middle', args: ['serve', '8080'], labels: { app: 'server' } });
  await apply(client, [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec: { selector: { app: 'server' }, ports: [{ port: 80, targetPort: 8080 }] } } as KubernetesObject]);
  await until('the service answering', async ({ signal }) => ((await proxyGet(client, 'default', 'service', 'web', 80, '/', signal)) === 'server' ? true : undefined), { timeoutMs: 60_000 });
  const [far, near, name] = await Promise.all([
    probe(client, image, { name: 'far', node: 'whole', args: ['get', 'http://web.default.svc.cluster.local/'] }),
    probe(client, image, { name: 'near', node: 'middle', args: ['get', 'http://web/'] }),
    probe(client, image, { name: 'asker', node: 'small', args: ['lookup', 'web'] }),
  ]);
  expect([far, near]).toEqual(['server', 'server']);
  expect(name).toMatch(/^10\.\d+\.\d+\.\d+$/);
  expect((await podsOf(client, 'default', 'app=server')).map((pod) => pod.metadata?.name)).toEqual(['server']);
});

test('pods are reached from this machine, and from the other cluster', async () => {
  await startProbe(client, image, { name: 'open', node: 'small', args: ['serve', '8080'] });
  const { status } = await podWhere(client, 'open', 'running', (pod) => pod.status?.phase === 'Running');
  const url = `http://${status?.podIP}:8080/`;
  expect((await until('an answer', () => axios.get<string>(url, { proxy: false }), { timeoutMs: 20_000 })).data).toBe('open');
  expect(await probe(await kubeClient(second.kubeconfigPath), image, { name: 'neighbour', node: 'alone', args: ['get', url] })).toBe('open');
});

test('what is broken is seen: an absent name is not found', async () => {
  expect(await probe(client, image, { name: 'lost', node: 'small', args: ['lookup', 'nobody.default.svc.cluster.local'] })).toContain('no such host');
});

test('custom resources follow their definition at once, and a namespace goes with what is in it', async () => {
  const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
  await apply(client, [
    { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'lines.test.plumbline' }, spec: { group: 'test.plumbline', scope: 'Namespaced', names: { kind: 'Line', plural: 'lines' }, versions: [{ name: 'v1', served: true, storage: true, schema }] } } as KubernetesObject,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short' } },
    { apiVersion: 'test.plumbline/v1', kind: 'Line', metadata: { name: 'a', namespace: 'short' }, spec: { anything: [1] } } as KubernetesObject,
  ]);
  expect(json(await get(client, '/apis/test.plumbline/v1/namespaces/short/lines/a'))).toMatchObject({ spec: { anything: [1] } });
  await deleteNamespace(client, 'short', { timeoutMs: 60_000 });
  await expect(get(client, '/api/v1/namespaces/short')).rejects.toMatchObject({ status: 404 });
  await expect(apply(client, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'short' } }])).rejects.toMatchObject({ problem: { code: 'PL-APPLY-REFUSED' } });
});

test('the API server asks admission webhooks, by their service', async () => {
  const ca = await createAuthority('test-webhook-ca');
  const { cert, key } = await servingCertificate(ca, 'webhook', ['webhook.default.svc'], []);
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  await apply(client, [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'webhook', namespace: 'default' }, data: { 'tls.crt': base64(cert), 'tls.key': base64(key) } } as KubernetesObject,
    { apiVersion: 'v1', kind: 'Service', metadata: { name: 'webhook', namespace: 'default' }, spec: { selector: { app: 'webhook' }, ports: [{ port: 443, targetPort: 8443 }] } } as KubernetesObject,
    {
      apiVersion: 'v1', kind: 'Pod', metadata: { name: 'webhook', namespace: 'default', labels: { app: 'webhook' } },
      spec: {
        nodeName: 'whole', terminationGracePeriodSeconds: 0, volumes: [{ name: 'tls', secret: { secretName: 'webhook' } }],
        containers: [{ name: 'probe', image: image.reference, imagePullPolicy: 'Never', args: ['refuse', '8443'], volumeMounts: [{ name: 'tls', mountPath: '/tls' }], readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 } }],
      },
    } as KubernetesObject,
  ]);
  await podWhere(client, 'webhook', 'ready', (pod) => pod.status?.containerStatuses?.[0]?.ready ?? false);
  await apply(client, [{
    apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingWebhookConfiguration', metadata: { name: 'probe' },
    webhooks: [{
      name: 'refuse.test.plumbline', admissionReviewVersions: ['v1'], sideEffects: 'None', failurePolicy: 'Fail', timeoutSeconds: 5,
      clientConfig: { caBundle: base64(ca.pem), service: { name: 'webhook', namespace: 'default', path: '/' } },
      rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }],
      objectSelector: { matchLabels: { refuse: 'me' } },
    }],
  } as KubernetesObject]);
  const seen = await until('a refusal', async () => {
    const metadata = { name: 'unwanted', namespace: 'default', labels: { refuse: 'me' } };
    const thrown: unknown = await apply(client, [{ apiVersion: 'v1', kind: 'ConfigMap', metadata }]).catch((error: unknown) => error);
    if (thrown === undefined) await client.http.delete('/api/v1/namespaces/default/configmaps/unwanted');
    // The service's endpoints, or the configuration itself, may reach the API server a moment later.
    return thrown instanceof PlumblineError && thrown.problem.seen.includes('refused by the probe') ? thrown.problem.seen : undefined;
  }, { timeoutMs: 30_000 });
  expect(seen).toBe('admission webhook "refuse.test.plumbline" denied the request: refused by the probe');
});

test('rights are RBAC’s: a service account may do nothing until it is told that it may', async () => {
  await apply(client, [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: 'default' } }]);
  const { data } = await client.http.post<string>('/api/v1/namespaces/default/serviceaccounts/nobody/token', '{}', { headers: { 'Content-Type': 'application/json' } });
  const { status } = JSON.parse(data) as { status: { token: string } };
  const ask = (): Promise<number> => asUser(`${client.server}/api/v1/namespaces/default/pods`, status.token);
  expect(await ask()).toBe(403);
  await apply(client, [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'nobody', namespace: 'default' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'nobody', namespace: 'default' }] } as KubernetesObject]);
  await until('the right to read', async () => ((await ask()) === 200 ? true : undefined), { timeoutMs: 20_000 });
});

test('a kubelet answers nobody without a certificate, and is no administrator itself', async () => {
  const address = cluster.nodes[0]?.address;
  expect(await asUser(`https://${address}:10250/pods`)).toBe(401);
  expect(await asUser(`https://${address}:10250/run/default/server/probe`, 'no.such.token')).toBe(401);
  await expect(axios.get(`http://${address}:10255/pods`, { proxy: false })).rejects.toThrow(/ECONNREFUSED/);
  const kubelet = await kubeClient(join(context.dir, 'first/nodes/small/pki/kubelet.kubeconfig'));
  await expect(get(kubelet, '/api/v1/nodes/small')).resolves.toBeDefined();
  await expect(get(kubelet, '/api/v1/namespaces/kube-system/secrets')).rejects.toMatchObject({ status: 403 });
  const label = await kubelet.http.patch('/api/v1/nodes/middle', '{"metadata":{"labels":{"a":"b"}}}', { headers: { 'Content-Type': 'application/merge-patch+json' } });
  expect(label.status).toBe(403);
});

test('nothing of it listens beyond loopback and its own bridges', async () => {
  const { stdout } = await execa('ss', ['-H', '-lntup']);
  const listeners = stdout.split('\n').map((line) => ({ address: line.split(/\s+/)[4] ?? '', pids: [...line.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1])) }));
  const ours = [];
  for (const { address, pids } of listeners) {
    for (const pid of pids) if ((await environmentValue(pid, 'PLUMBLINE_RUN')) === context.id) ours.push(address.slice(0, address.lastIndexOf(':')));
  }
  const bridges = [cluster, second].map((one) => (one.nodes[0]?.address ?? '').replace(/\.\d+$/, '.1'));
  expect(ours.toSorted()).toEqual(bridges.toSorted());
});

test('keys and kubeconfigs are for their owner alone', async () => {
  expect((await stat(cluster.kubeconfigPath)).mode & 0o777).toBe(0o600);
  expect((await stat(join(context.dir, 'first/nodes/small/pki/kubelet.key'))).mode & 0o777).toBe(0o600);
  for (const dir of [context.dir, join(context.dir, 'first/pki'), `/run/plumbline/${context.id}/0`]) expect((await stat(dir)).mode & 0o777).toBe(0o700);
});

test('two clusters of a run share nothing, and one goes without the other', async () => {
  const other = await kubeClient(second.kubeconfigPath);
  expect(((json(await get(other, '/api/v1/nodes')) as { items: V1Node[] }).items).map((node) => node.metadata?.name)).toEqual(['alone']);
  const stranger = await kubeClient(cluster.kubeconfigPath);
  await expect(stranger.http.get(other.server)).rejects.toThrow(/certificate|signature/);
  await second[Symbol.asyncDispose]();
  await expect(get(other, '/readyz')).rejects.toThrow();
  expect((await get(client, '/readyz')).data).toBe('ok');
});

/** Trusts any server: what is asked here is whom the server trusts. */
async function asUser(url: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return (await axios.get(url, { headers, proxy: false, validateStatus: () => true, httpsAgent: new Agent({ rejectUnauthorized: false }) })).status;
}
