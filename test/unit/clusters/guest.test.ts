import { expect, test } from 'vitest';
import { targetOf } from '../../../src/clusters/guest.ts';

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
