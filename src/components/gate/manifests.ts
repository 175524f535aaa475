import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';

export const gateControlPort = 8091;

/** Of the first route; the others follow. */
const firstRoutePort = 9000;

/** One backend of one tenant behind the gate. */
export interface GateRoute {
  /** What faults and records are asked by: `<tenant>-<backend>`. */
  readonly name: string;
  /** Where requests are passed on to, their path unchanged: `http://10.0.0.2:31234`. */
  readonly target: string;
}

/** Name of a route's port in the gate's service: names of ports are too short for those of routes. */
export function routePortName(index: number): string {
  return `route-${index}`;
}

/**
 * One gate and its service `gate`, with a node port for each route: tenants' collectors may be in other clusters.
 * Memory: requests are read whole, 128 at most a route, and each flow's items take a byte.
 */
export function gateDeployment(place: Place, routes: readonly GateRoute[]): KubernetesObject[] {
  const app = labels(place.runId, 'gate');
  const meta = { name: 'gate', namespace: place.namespace, labels: app };
  const ports = [{ name: 'http', port: gateControlPort }, ...routes.map((_, index) => ({ name: routePortName(index), port: firstRoutePort + index }))];
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: meta, spec: { type: 'NodePort', selector: app, ports } } as KubernetesObject,
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
      spec: {
        replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: {
          automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 2,
          affinity: awayFrom('sender'),
          containers: [{
            name: 'gate', image: place.image, imagePullPolicy: 'IfNotPresent',
            args: ['serve', ...routes.map(({ name, target }, index) => `${name}=${firstRoutePort + index}=${target}`)],
            ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
            readinessProbe: { httpGet: { path: '/healthz', port: gateControlPort }, periodSeconds: 1 },
            resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '384Mi' } },
          }],
        } },
      },
    } as KubernetesObject,
  ];
}

/** Another node than that of such pods of any namespace, where there is one: what is cut off then is one end of the way only. */
function awayFrom(app: string): object {
  const podAffinityTerm = { topologyKey: 'kubernetes.io/hostname', namespaceSelector: {}, labelSelector: { matchLabels: { 'app.kubernetes.io/name': app } } };
  return { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm }] } };
}
