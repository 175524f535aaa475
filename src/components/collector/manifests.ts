import type { KubernetesObject } from '@kubernetes/client-node';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import { clusterReader, configMap, downwardEnv, mountConfig } from '../kit.ts';

export const collectorMetricsPort = 8888;

/** Memory limit of one collector, MiB; three times what this pipeline takes idle (about 60 MiB, measured). */
const memoryMi = 192;

/** A collector on every node, with the rights that discovering pods takes. */
export function collectorDaemonSet(place: Place, config: string): KubernetesObject[] {
  const app = labels(place.runId, 'collector');
  const meta = { name: 'collector', namespace: place.namespace, labels: app };
  return [
    ...clusterReader(place, 'collector', [{ apiGroups: [''], resources: ['pods', 'nodes', 'namespaces'], verbs: ['get', 'list', 'watch'] }]),
    configMap(meta, { 'collector.yaml': config }),
    {
      apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: meta,
      spec: {
        selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: {
          serviceAccountName: 'collector', terminationGracePeriodSeconds: 5,
          containers: [{
            name: 'collector', image: place.image, imagePullPolicy: 'IfNotPresent', args: ['--config=/etc/plumbline/collector.yaml'],
            env: downwardEnv({ POD_NAME: 'metadata.name', NODE_NAME: 'spec.nodeName' }),
            ports: [{ name: 'self', containerPort: collectorMetricsPort }, { name: 'health', containerPort: 13133 }],
            readinessProbe: { httpGet: { path: '/', port: 13133 }, periodSeconds: 1 },
            resources: { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: `${memoryMi}Mi` } },
            volumeMounts: [mountConfig.mount],
          }],
          volumes: [mountConfig.volume('collector')],
        } },
      },
    } as KubernetesObject,
  ];
}
