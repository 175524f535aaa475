import type { KubernetesObject, V1Service } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { get, json } from '../../../../src/clusters/kube-api.ts';
import { apply, kubeClient, podsOf, proxyGet } from '../../../../src/clusters/kubernetes.ts';
import { until } from '../../../../src/run/wait.ts';
import { podWhere, probe, startProbe } from '../support.ts';
import type { Subject } from './index.ts';

/** Pods of one cluster find and reach each other by name; those of another reach node ports. */
export function networkConforms(subject: () => Subject): void {
  test('a service is found by name and reached from a pod on another node, and from its own', async () => {
    const { client, image } = subject();
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

  test('node ports are reached from the other cluster', async () => {
    const { client, second, image } = subject();
    await startProbe(client, image, { name: 'open', node: 'small', args: ['serve', '8080'], labels: { app: 'open' } });
    await podWhere(client, 'open', 'running', (pod) => pod.status?.phase === 'Running');
    await apply(client, [{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'open' }, spec: { type: 'NodePort', selector: { app: 'open' }, ports: [{ port: 80, targetPort: 8080 }] } } as KubernetesObject]);
    const { spec } = json(await get(client, '/api/v1/namespaces/default/services/open')) as V1Service;
    const url = `http://${subject().cluster.nodes.at(-1)?.address}:${spec?.ports?.[0]?.nodePort}/`;
    await until('the service answering', async ({ signal }) => ((await proxyGet(client, 'default', 'service', 'open', 80, '/', signal)) === 'open' ? true : undefined), { timeoutMs: 60_000 });
    expect(await probe(await kubeClient(second.kubeconfigPath), image, { name: 'neighbour', node: 'alone', args: ['get', url] })).toBe('open');
  });

  test('what is broken is seen: an absent name is not found', async () => {
    const { client, image } = subject();
    expect(await probe(client, image, { name: 'lost', node: 'small', args: ['lookup', 'nobody.default.svc.cluster.local'] })).toContain('no such host');
  });
}
