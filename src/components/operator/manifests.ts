import type { KubernetesObject } from '@kubernetes/client-node';
import { clusterAccount, downwardEnv, service } from '../kit.ts';
import { labels, runLabel } from '../labels.ts';
import type { Place } from '../place.ts';
import type { OperatorFiles, Webhook, WebhookConfiguration } from './files.ts';
import { keysObject, keysSecret, webhookService } from './keys.ts';
import type { WebhookKeys } from './keys.ts';

/** As config.New() of the operator has it. */
const webhookPort = 9443;
const healthPort = 8081;

/** Gives each allocator consistent hashing as its fallback; no resource of an allocator or a collector says anything of that. */
export const fallbackGate = 'operator.targetallocator.fallbackstrategy';

/** MiB; it was seen to take 80. */
const memory = { request: 64, limit: 256 };

/** Injects agents into pods; upstream leaves it to ask about every pod of the cluster. */
const podWebhook = 'mpod.kb.io';

/**
 * Everything that the operator is in a cluster, definitions first and webhooks last. Images are no setting of it: each resource
 * names its own, so that sides with other versions do not restart it.
 */
export function operatorObjects(place: Place, files: OperatorFiles, keys: WebhookKeys, featureGates: readonly string[] = []): KubernetesObject[] {
  const app = labels(place.runId, 'operator');
  const meta = { name: 'operator', namespace: place.namespace, labels: app };
  return [
    ...files.definitions.map((one) => ({ ...one, metadata: { ...one.metadata, labels: { ...one.metadata?.labels, ...app } } })),
    ...clusterAccount(place, 'operator', [...files.rights]),
    keysObject(place, keys),
    service({ ...meta, name: webhookService }, [{ name: 'webhooks', port: webhookPort }], app),
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta, spec: {
      replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: app }, template: { metadata: { labels: app }, spec: podSpec(place.image, featureGates) },
    } } as KubernetesObject,
    ...files.webhooks.map((one) => webhookObject(place, one, keys)),
  ];
}

function podSpec(image: string, featureGates: readonly string[]): object {
  return {
    serviceAccountName: 'operator', terminationGracePeriodSeconds: 2, enableServiceLinks: false,
    containers: [{
      name: 'operator', image, imagePullPolicy: 'IfNotPresent',
      args: ['--metrics-addr=127.0.0.1:8080', `--health-probe-addr=:${healthPort}`, `--webhook-port=${webhookPort}`, '--zap-log-level=info', '--zap-time-encoding=rfc3339nano', ...(featureGates.length > 0 ? [`--feature-gates=${featureGates.join(',')}`] : [])],
      env: downwardEnv({ SERVICE_ACCOUNT_NAME: 'spec.serviceAccountName' }),
      ports: [{ name: 'webhooks', containerPort: webhookPort }],
      readinessProbe: { httpGet: { path: '/readyz', port: healthPort }, periodSeconds: 1 },
      resources: { requests: { cpu: '50m', memory: `${memory.request}Mi` }, limits: { memory: `${memory.limit}Mi` } },
      // controller-runtime's own default place.
      volumeMounts: [{ name: 'keys', mountPath: '/tmp/k8s-webhook-server/serving-certs', readOnly: true }],
    }],
    volumes: [{ name: 'keys', secret: { secretName: keysSecret } }],
  };
}

function webhookObject(place: Place, configuration: WebhookConfiguration, keys: WebhookKeys): KubernetesObject {
  const { apiVersion, kind, webhooks } = configuration;
  const name = `${place.namespace}-${kind === 'MutatingWebhookConfiguration' ? 'mutating' : 'validating'}`;
  return {
    ...(apiVersion ? { apiVersion } : {}), ...(kind ? { kind } : {}), metadata: { name, labels: labels(place.runId, 'operator') },
    webhooks: webhooks.map((one) => placedWebhook(place, one, keys)),
  } as KubernetesObject;
}

/** Of pods, only those of the run's namespaces are asked about: nothing else of the cluster is touched, or waits. */
function placedWebhook({ namespace, runId }: Place, webhook: Webhook, { ca }: WebhookKeys): object {
  const { path } = webhook.clientConfig.service;
  return {
    ...webhook,
    clientConfig: { caBundle: Buffer.from(ca).toString('base64'), service: { name: webhookService, namespace, path, port: webhookPort } },
    ...(webhook.name === podWebhook ? { namespaceSelector: { matchLabels: { [runLabel]: runId } } } : {}),
  };
}
