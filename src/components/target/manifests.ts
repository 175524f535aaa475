import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';

export const targetPort = 8080;

/** `pods` scrape targets, spread evenly over the nodes that take pods, so that each of them has targets of its own. */
export function targetDeployment(place: Place, pods: number): KubernetesObject[] {
  const app = labels(place.runId, 'target');
  return [{
    apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'target', namespace: place.namespace, labels: app },
    spec: {
      replicas: pods, selector: { matchLabels: app },
      template: { metadata: { labels: app }, spec: {
        automountServiceAccountToken: false, terminationGracePeriodSeconds: 1,
        topologySpreadConstraints: [{
          maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', nodeTaintsPolicy: 'Honor', labelSelector: { matchLabels: app },
        }],
        containers: [{
          name: 'target', image: place.image, imagePullPolicy: 'IfNotPresent',
          ports: [{ name: 'metrics', containerPort: targetPort }],
          readinessProbe: { httpGet: { path: '/healthz', port: targetPort }, periodSeconds: 1 },
          resources: { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: '32Mi' } },
        }],
      } },
    },
  } as KubernetesObject];
}
