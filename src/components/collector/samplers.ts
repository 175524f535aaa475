import type { KubernetesObject } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { configMap, memoryResources, mountConfig } from '../kit.ts';
import { labels } from '../labels.ts';
import { collectorResource } from '../operator/resources.ts';
import type { Place } from '../place.ts';
import { healthPort } from './pipeline.ts';
import { samplerPort } from './sampling-config.ts';

/** Name of the samplers' headless service, and of their Deployment where there is no operator. */
export const samplersName = 'samplers';

/** Name of the operator's resource; the Deployment that it makes is called `sampler-collector`. */
export const operatedSampler = 'sampler';

/** MiB. It holds every trace for the decision's wait, at about 1 KiB a span. */
const memoryMi = { request: 64, limit: 320 };

export function samplersHostname(namespace: string): string {
  return `${samplersName}.${namespace}.svc.cluster.local`;
}

/** Resolves to every sampler that is Ready, whoever deployed it. */
export function samplersService({ runId, namespace }: Omit<Place, 'image'>): KubernetesObject {
  const app = labels(runId, 'sampler');
  // The operator puts its own name in place of ours.
  const { 'app.kubernetes.io/managed-by': _, ...selector } = app;
  const spec = { clusterIP: 'None', selector, ports: [{ name: 'grpc', port: samplerPort }] };
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: samplersName, namespace, labels: app }, spec } as KubernetesObject;
}

/** As plain objects. */
export function samplerObjects(place: Place, config: string, replicas: number): KubernetesObject[] {
  const app = labels(place.runId, 'sampler');
  const meta = { name: samplersName, namespace: place.namespace, labels: app };
  return [
    configMap(meta, { 'collector.yaml': config }),
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
      spec: {
        replicas, selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: {
          automountServiceAccountToken: false, terminationGracePeriodSeconds: 2,
          containers: [{
            name: 'collector', image: place.image, imagePullPolicy: 'IfNotPresent', args: ['--config=/etc/plumbline/collector.yaml'],
            ports: [{ name: 'grpc', containerPort: samplerPort }],
            readinessProbe: { httpGet: { path: '/', port: healthPort }, periodSeconds: 1 },
            resources: memoryResources(memoryMi, 20),
            volumeMounts: [mountConfig.mount],
          }],
          volumes: [mountConfig.volume(samplersName)],
        } },
      },
    } as KubernetesObject,
  ];
}

/** As the operator's resource. */
export function operatedSamplers(place: Place, config: string, replicas: number): KubernetesObject {
  return collectorResource({ ...place, name: operatedSampler }, {
    mode: 'deployment', app: 'sampler', image: place.image, config: parse(config) as object, memory: memoryMi, replicas, graceSeconds: 2,
    ports: [{ name: 'grpc', port: samplerPort }],
  });
}
