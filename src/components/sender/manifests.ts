import type { KubernetesObject } from '@kubernetes/client-node';
import { configMap, mountConfig, service } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';

export const senderPort = 8090;

const authoritiesFile = 'authorities.pem';

/**
 * One sender and its service `sender`. No CPU limit: a throttled sender would be measured as the platform's latency.
 * Memory: bodies in flight are bounded to 64 MiB a flow by the program, records to some MB; what waits to be sent again is a number.
 * Go would let garbage double what several such flows hold, and the kernel would end it: GOMEMLIMIT has it collected before.
 * @param authorities whom it trusts, as PEM; its image knows none. Left out: it sends to no https URL
 */
export function senderDeployment(place: Place, authorities?: readonly string[]): KubernetesObject[] {
  const app = labels(place.runId, 'sender');
  const meta = { name: 'sender', namespace: place.namespace, labels: app };
  return [
    ...(authorities ? [configMap(meta, { [authoritiesFile]: authorities.join('\n') })] : []),
    service(meta, [{ name: 'http', port: senderPort }], app),
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
      spec: {
        replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: {
          automountServiceAccountToken: false, terminationGracePeriodSeconds: 2,
          containers: [{
            name: 'sender', image: place.image, imagePullPolicy: 'IfNotPresent',
            ports: [{ name: 'http', containerPort: senderPort }],
            env: [
              { name: 'GOMEMLIMIT', value: '400MiB' },
              ...(authorities ? [{ name: 'SSL_CERT_FILE', value: `${mountConfig.mount.mountPath}/${authoritiesFile}` }] : []),
            ],
            ...(authorities ? { volumeMounts: [mountConfig.mount] } : {}),
            readinessProbe: { httpGet: { path: '/healthz', port: senderPort }, periodSeconds: 1 },
            resources: { requests: { cpu: '50m', memory: '32Mi' }, limits: { memory: '512Mi' } },
          }],
          ...(authorities ? { volumes: [mountConfig.volume('sender')] } : {}),
        } },
      },
    } as KubernetesObject,
  ];
}
