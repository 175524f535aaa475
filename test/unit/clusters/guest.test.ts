import axios from 'axios';
import { expect, test } from 'vitest';
import { guard, targetOf } from '../../../src/clusters/guest.ts';

test.each([
  ['patch', '/api/v1/namespaces/pl-a-x', '/api/v1/namespaces/pl-a-x'],
  ['patch', '/api/v1/namespaces/shop/configmaps/c', '/api/v1/namespaces/shop'],
  ['post', '/api/v1/namespaces/shop/services/sender:8090/proxy/flows', '/api/v1/namespaces/shop'],
  ['delete', '/apis/apps/v1/namespaces/shop/daemonsets', '/api/v1/namespaces/shop'],
  ['put', '/apis/opentelemetry.io/v1beta1/namespaces/shop/opentelemetrycollectors/c/status', '/api/v1/namespaces/shop'],
  ['patch', '/apis/rbac.authorization.k8s.io/v1/clusterroles/admin', '/apis/rbac.authorization.k8s.io/v1/clusterroles/admin'],
  ['DELETE', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a.b/status', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/a.b'],
  ['patch', '/api/v1/nodes/node-1', '/api/v1/nodes/node-1'],
])('%s %s is allowed where %s is the run\'s', (method, url, path) => {
  expect(targetOf({ method, url })).toEqual({ kind: 'object', path });
});

test('what is deleted by the kind has to be chosen by the run\'s label', () => {
  expect(targetOf({ method: 'delete', url: '/apis/rbac.authorization.k8s.io/v1/clusterroles?x=y' })).toEqual({ kind: 'collection', path: '/apis/rbac.authorization.k8s.io/v1/clusterroles' });
});

test.each([
  ['get', '/api/v1/namespaces/shop/services/mimir:http/proxy/ready'],
  ['post', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
  // What is there already is refused by the API server itself.
  ['post', '/apis/rbac.authorization.k8s.io/v1/clusterroles'],
])('%s %s changes nothing that is there', (method, url) => {
  expect(targetOf({ method, url })).toBeUndefined();
});

/** In memory: that a real API server is guarded is tested on one (test/integration/clusters/existing.test.ts). */
function guarded(there: Readonly<Record<string, string | number>>) {
  const sent: string[] = [];
  const http = axios.create({ validateStatus: () => true, transformResponse: [], adapter: async (config) => {
    const found = there[config.url ?? ''] ?? 404;
    const status = config.method === 'get' ? (typeof found === 'number' ? found : 200) : 200;
    sent.push(`${config.method} ${config.url}`);
    return { status, data: JSON.stringify({ metadata: { labels: { 'plumbline.dev/run': found } } }), statusText: '', headers: {}, config };
  } });
  guard(http, 'abc123');
  return { http, sent };
}

test('what is the run\'s is looked at once, and then changed freely', async () => {
  const { http, sent } = guarded({ '/api/v1/namespaces/own': 'abc123' });
  await http.patch('/api/v1/namespaces/own/configmaps/a');
  await http.delete('/api/v1/namespaces/own/configmaps/a');
  expect(sent).toEqual(['get /api/v1/namespaces/own', 'patch /api/v1/namespaces/own/configmaps/a', 'delete /api/v1/namespaces/own/configmaps/a']);
});

test('what is another run\'s is not changed, and what is not there is nobody\'s', async () => {
  const { http, sent } = guarded({ '/apis/a.b/v1/things/theirs': 'other1' });
  await expect(http.delete('/apis/a.b/v1/things/theirs')).rejects.toMatchObject({ problem: { code: 'PL-NOT-OURS', seen: expect.stringContaining('run other1') } });
  await expect(http.delete('/apis/a.b/v1/things', { params: { labelSelector: 'plumbline.dev/run' } })).rejects.toMatchObject({ problem: { code: 'PL-NOT-OURS' } });
  expect((await http.patch('/apis/a.b/v1/things/new')).status).toBe(200);
  expect((await http.delete('/apis/a.b/v1/things', { params: { labelSelector: 'app=x,plumbline.dev/run=abc123' } })).status).toBe(200);
  expect(sent.filter((one) => !one.startsWith('get'))).toEqual(['patch /apis/a.b/v1/things/new', 'delete /apis/a.b/v1/things']);
});

test('what may not be looked at is not changed, and the answer is that', async () => {
  const { http, sent } = guarded({ '/apis/a.b/v1/things/hidden': 403 });
  expect((await http.delete('/apis/a.b/v1/things/hidden')).status).toBe(403);
  expect(sent).toEqual(['get /apis/a.b/v1/things/hidden']);
});
