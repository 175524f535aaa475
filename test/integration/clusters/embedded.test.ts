import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Node } from '@kubernetes/client-node';
import axios from 'axios';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { get, json } from '../../../src/clusters/kube-api.ts';
import type { NodeChange } from '../../../src/clusters/provider.ts';
import { kubeClient } from '../../../src/clusters/kubernetes.ts';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { environmentValue } from '../../../src/processes/proc.ts';
import { bytesSaid } from '../../../src/run/quantity.ts';
import { until } from '../../../src/run/wait.ts';
import { asUser } from './conformance/api.ts';
import { conforms } from './conformance/index.ts';
import type { Subject } from './conformance/index.ts';
import { podWhere, probe, startProbe } from './support.ts';

conforms({
  provider: embeddedProvider,
  abilities: { usable: true, findings: [], installable: [], nodeMemory: 'enforced', nodeFiles: true, imageArchives: true, pullsImages: false, clusters: 36, nodes: 100, ownNodes: true, nodesChange: true, podsReachableFromHost: true },
  later: [{ name: 'later', memoryMiB: 1024, joinsLater: true }],
  more: embeddedAlone,
});

function embeddedAlone(subject: () => Subject): void {
  test('pods are reached by their addresses from this machine, and from the other cluster; each node knows its range', async () => {
    const { client, second, image } = subject();
    await startProbe(client, image, { name: 'bare', node: 'small', args: ['serve', '8080'] });
    const { status } = await podWhere(client, 'bare', 'running', (pod) => pod.status?.phase === 'Running');
    const url = `http://${status?.podIP}:8080/`;
    expect((await until('an answer', () => axios.get<string>(url, { proxy: false }), { timeoutMs: 20_000 })).data).toBe('bare');
    expect(await probe(await kubeClient(second.kubeconfigPath), image, { name: 'caller', node: 'alone', args: ['get', url] })).toBe('bare');
  });

  test('a kubelet answers nobody without a certificate, and is no administrator itself', async () => {
    const { cluster, context } = subject();
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
    const { cluster, second, context } = subject();
    const { stdout } = await execa('ss', ['-H', '-lntup']);
    const listeners = stdout.split('\n').map((line) => ({ address: line.split(/\s+/)[4] ?? '', pids: [...line.matchAll(/pid=(\d+)/g)].map((match) => Number(match[1])) }));
    const ours = [];
    for (const { address, pids } of listeners) {
      for (const pid of pids) if ((await environmentValue(pid, 'PLUMBLINE_RUN')) === context.id) ours.push(address.slice(0, address.lastIndexOf(':')));
    }
    const bridges = [cluster, second].map((one) => (one.nodes[0]?.address ?? '').replace(/\.\d+$/, '.1'));
    expect(ours.toSorted()).toEqual(bridges.toSorted());
  });

  test('keys are for their owner alone', async () => {
    const { context } = subject();
    expect((await stat(join(context.dir, 'first/nodes/small/pki/kubelet.key'))).mode & 0o777).toBe(0o600);
    for (const dir of [context.dir, join(context.dir, 'first/pki'), `/run/plumbline/${context.id}/0`]) expect((await stat(dir)).mode & 0o777).toBe(0o700);
  });

  test('a node joins with its size and with the images that others have, leaves with its pods, and joins again', async () => {
    const { second, image, context } = subject();
    const client = await kubeClient(second.kubeconfigPath);
    const change = (what: NodeChange): Promise<void> | undefined => second.changeNodes?.(what, { note: () => undefined });
    for (const round of [1, 2]) {
      expect(second.nodes.map(({ name }) => name)).toEqual(['alone']);
      await change({ join: ['later'] });
      const { status } = json(await get(client, '/api/v1/nodes/later')) as V1Node;
      expect(bytesSaid(status?.capacity?.['memory'] ?? '')).toBe(1024 ** 3);
      const pod = `there-${round}`;
      await startProbe(client, image, { name: pod, node: 'later', args: ['serve', '8080'] });
      const { status: running } = await podWhere(client, pod, 'running', ({ status: now }) => now?.phase === 'Running');
      expect(await probe(client, image, { name: `caller-${round}`, node: 'alone', args: ['get', `http://${running?.podIP}:8080/`] })).toBe(pod);
      await change({ leave: ['later'] });
      for (const path of ['/api/v1/nodes/later', `/api/v1/namespaces/default/pods/${pod}`]) await expect(get(client, path)).rejects.toMatchObject({ status: 404 });
      await expect(stat(join(context.dir, 'second/nodes/later'))).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });
}
