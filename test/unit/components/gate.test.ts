import { expect, test } from 'vitest';
import { handPod } from '../../../src/components/gate/hand.ts';
import { gateDeployment, routePortName } from '../../../src/components/gate/manifests.ts';
import { routeName } from '../../../src/platform/gate.ts';

interface Written { readonly kind: string; readonly spec: { readonly type?: string; readonly ports?: readonly { name: string; port: number }[]; readonly template?: { readonly spec: { readonly containers: readonly { args: readonly string[] }[] } } } }

test('each tenant\'s way to each backend has a port of its own, in the program\'s arguments as in the service', () => {
  const routes = [routeName('dev', 'mimir'), routeName('a-tenant-of-20-letter', 'tempo')].map((name) => ({ name, target: 'http://10.0.0.2:31234' }));
  const [service, deployment] = gateDeployment({ runId: 'r', namespace: 'n', image: 'i' }, routes) as unknown as [Written, Written];
  expect(service.spec.type).toBe('NodePort');
  expect(service.spec.ports?.slice(1)).toEqual([{ name: routePortName(0), port: 9000 }, { name: routePortName(1), port: 9001 }]);
  // A name that is longer than 15 letters is no port's name.
  expect(service.spec.ports?.every(({ name }) => name.length <= 15)).toBe(true);
  expect(deployment.spec.template?.spec.containers[0]?.args).toEqual(['serve', 'dev-mimir=9000=http://10.0.0.2:31234', 'a-tenant-of-20-letter-tempo=9001=http://10.0.0.2:31234']);
});

test('a hand has the one right that its deed needs, on the node that is meant', () => {
  const place = { runId: 'r', namespace: 'n', image: 'i' };
  const [kill, cut] = [handPod(place, 'kill-1', 'node-2', { kind: 'kill', containerId: 'abc' }), handPod(place, 'cut-1', 'node-2', { kind: 'cut', seconds: 6 })];
  const container = (added: string, args: readonly string[]) => expect.objectContaining({ args, securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'], add: [added] } } }) as unknown;
  expect(kill).toMatchObject({ spec: { nodeName: 'node-2', restartPolicy: 'Never', hostPID: true, containers: [container('KILL', ['kill', 'abc'])] } });
  expect(cut).toMatchObject({ spec: { nodeName: 'node-2', restartPolicy: 'OnFailure', hostNetwork: true, containers: [container('NET_ADMIN', ['cut', '6'])] } });
  expect([JSON.stringify(kill).includes('hostNetwork'), JSON.stringify(cut).includes('hostPID')]).toEqual([false, false]);
});
