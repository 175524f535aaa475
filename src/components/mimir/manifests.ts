import type { KubernetesObject } from '@kubernetes/client-node';
import { configMap, mountConfig, service } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import { mimirConfig, mimirOverrides, mimirPort } from './config.ts';

/** Base URL of Mimir's OTLP intake for exporters in the cluster. */
export function mimirOtlpEndpoint(namespace: string): string {
  return `http://mimir.${namespace}.svc.cluster.local:${mimirPort}/otlp`;
}

export function mimirDeployment(place: Place): KubernetesObject[] {
  const app = labels(place.runId, 'mimir');
  const meta = { name: 'mimir', namespace: place.namespace, labels: app };
  return [
    configMap(meta, { 'mimir.yaml': mimirConfig(), 'runtime.yaml': mimirOverrides({}) }),
    service(meta, [{ name: 'http', port: mimirPort }], app),
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
      spec: {
        replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: {
          automountServiceAccountToken: false, terminationGracePeriodSeconds: 2,
          containers: [{
            name: 'mimir', image: place.image, imagePullPolicy: 'IfNotPresent', args: ['-config.file=/etc/plumbline/mimir.yaml'],
            ports: [{ name: 'http', containerPort: mimirPort }],
            readinessProbe: { httpGet: { path: '/ready', port: mimirPort }, periodSeconds: 1 },
            resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '1Gi' } },
            volumeMounts: [mountConfig.mount, { name: 'data', mountPath: '/data' }],
          }],
          volumes: [mountConfig.volume('mimir'), { name: 'data', emptyDir: {} }],
        } },
      },
    } as KubernetesObject,
  ];
}
