import { Agent } from 'node:https';
import type { KubernetesObject } from '@kubernetes/client-node';
import axios from 'axios';
import { expect, test } from 'vitest';
import { createAuthority, servingCertificate } from '../../../../src/clusters/pki.ts';
import { get, json } from '../../../../src/clusters/kube-api.ts';
import { apply, deleteNamespace } from '../../../../src/clusters/kubernetes.ts';
import { PlumblineError } from '../../../../src/errors.ts';
import { until } from '../../../../src/run/wait.ts';
import { podWhere } from '../support.ts';
import type { Subject } from './index.ts';

/** Definitions, webhooks and rights. */
export function apiConforms(subject: () => Subject): void {
  test('custom resources follow their definition at once, and a namespace goes with what is in it', async () => {
    const { client, image } = subject();
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } } } };
    await apply(client, [
      { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'lines.test.plumbline' }, spec: { group: 'test.plumbline', scope: 'Namespaced', names: { kind: 'Line', plural: 'lines' }, versions: [{ name: 'v1', served: true, storage: true, schema }] } } as KubernetesObject,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short' } },
      { apiVersion: 'test.plumbline/v1', kind: 'Line', metadata: { name: 'a', namespace: 'short' }, spec: { anything: [1] } } as KubernetesObject,
    ]);
    expect(json(await get(client, '/apis/test.plumbline/v1/namespaces/short/lines/a'))).toMatchObject({ spec: { anything: [1] } });
    // With a volume, and its service account's: a node has to give both back.
    await apply(client, [{
      apiVersion: 'v1', kind: 'Pod', metadata: { name: 'inhabitant', namespace: 'short' },
      spec: {
        terminationGracePeriodSeconds: 1, volumes: [{ name: 'data', emptyDir: {} }],
        containers: [{ name: 'probe', image: image.reference, imagePullPolicy: 'Never', args: ['serve', '8080'], volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
      },
    } as KubernetesObject]);
    await podWhere(client, 'inhabitant', 'running', ({ status }) => status?.phase === 'Running', 'short');
    await deleteNamespace(client, 'short', { timeoutMs: 60_000 });
    await expect(get(client, '/api/v1/namespaces/short')).rejects.toMatchObject({ status: 404 });
    await expect(apply(client, [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', namespace: 'short' } }])).rejects.toMatchObject({ problem: { code: 'PL-APPLY-REFUSED' } });
  });

  test('the API server asks admission webhooks, by their service', async () => {
    const { client, image } = subject();
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
    const { client } = subject();
    await apply(client, [{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nobody', namespace: 'default' } }]);
    const { data } = await client.http.post<string>('/api/v1/namespaces/default/serviceaccounts/nobody/token', '{}', { headers: { 'Content-Type': 'application/json' } });
    const { status } = JSON.parse(data) as { status: { token: string } };
    const ask = (): Promise<number> => asUser(`${client.server}/api/v1/namespaces/default/pods`, status.token);
    expect(await ask()).toBe(403);
    await apply(client, [{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'nobody', namespace: 'default' }, roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' }, subjects: [{ kind: 'ServiceAccount', name: 'nobody', namespace: 'default' }] } as KubernetesObject]);
    await until('the right to read', async () => ((await ask()) === 200 ? true : undefined), { timeoutMs: 20_000 });
  });
}

/** Trusts any server: what is asked here is whom the server trusts. */
export async function asUser(url: string, token?: string): Promise<number> {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return (await axios.get(url, { headers, proxy: false, validateStatus: () => true, httpsAgent: new Agent({ rejectUnauthorized: false }) })).status;
}
