import type { KubernetesObject } from '@kubernetes/client-node';
import { service } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';

export const targetPort = 8080;

export interface TargetPods {
  readonly pods: number;
  /** Targets of each pod. */
  readonly portsEach: number;
}

/** A pod's ports: the first is called `metrics`, the next ones `metrics-1`, `metrics-2`. */
export function targetPorts({ portsEach }: Pick<TargetPods, 'portsEach'>): readonly { readonly name: string; readonly port: number }[] {
  return Array.from({ length: portsEach }, (_, index) => ({ name: index === 0 ? 'metrics' : `metrics-${index}`, port: targetPort + index }));
}

/** Scrape targets, spread evenly over the nodes that take pods, so that each of them has targets of its own, and a service in front of them. */
export function targetDeployment(place: Place, { pods, portsEach }: TargetPods): KubernetesObject[] {
  const app = labels(place.runId, 'target');
  const meta = { name: 'target', namespace: place.namespace, labels: app };
  const ports = targetPorts({ portsEach });
  return [service(meta, ports, app), {
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
    spec: {
      replicas: pods, selector: { matchLabels: app },
      template: { metadata: { labels: app }, spec: {
        automountServiceAccountToken: false, terminationGracePeriodSeconds: 1,
        topologySpreadConstraints: [{
          maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor', labelSelector: { matchLabels: app },
        }],
        containers: [{
          name: 'target', image: place.image, imagePullPolicy: 'IfNotPresent',
          ports: ports.map(({ name, port }) => ({ name, containerPort: port })),
          ...(portsEach > 1 ? { env: [{ name: 'PORTS', value: String(portsEach) }] } : {}),
          readinessProbe: { httpGet: { path: '/healthz', port: targetPort }, periodSeconds: 1 },
          resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: '32Mi' } },
        }],
      } },
    },
  } as KubernetesObject];
}
