import type { KubernetesObject, V1Secret } from '@kubernetes/client-node';
import type { KubeClient } from '../../clusters/kubernetes.ts';
import { getIfThere } from '../../clusters/kube-api.ts';
import { createAuthority, servingCertificate } from '../../clusters/pki.ts';
import { labels } from '../labels.ts';

/** What the webhook server proves itself with, as PEM. */
export interface WebhookKeys {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

export const keysSecret = 'webhook-keys';

/** Name of the service in front of the webhook server. */
export const webhookService = 'operator';

/** An authority of its own, and a certificate for the webhook service of this namespace. The authority's key is kept nowhere. */
export async function createWebhookKeys(namespace: string): Promise<WebhookKeys> {
  const authority = await createAuthority('plumbline-operator-ca');
  const { cert, key } = await servingCertificate(authority, webhookService, [`${webhookService}.${namespace}.svc`], []);
  return { ca: authority.pem, cert, key };
}

/**
 * The keys that are in the cluster already; undefined where there are none. New ones beside a running server would shut the API
 * server out until the server has seen its changed files.
 */
export async function readWebhookKeys(client: KubeClient, namespace: string, signal: AbortSignal): Promise<WebhookKeys | undefined> {
  const found = await getIfThere(client, `/api/v1/namespaces/${namespace}/secrets/${keysSecret}`, { signal }) as V1Secret | undefined;
  const text = (name: string): string => Buffer.from(found?.data?.[name] ?? '', 'base64').toString();
  return found && { ca: text('ca.crt'), cert: text('tls.crt'), key: text('tls.key') };
}

export function keysObject(place: { runId: string; namespace: string }, { ca, cert, key }: WebhookKeys): KubernetesObject {
  const encoded = Object.entries({ 'ca.crt': ca, 'tls.crt': cert, 'tls.key': key }).map(([name, text]) => [name, Buffer.from(text).toString('base64')]);
  return {
    apiVersion: 'v1', kind: 'Secret', type: 'kubernetes.io/tls', data: Object.fromEntries(encoded),
    metadata: { name: keysSecret, namespace: place.namespace, labels: labels(place.runId, 'operator') },
  } as KubernetesObject;
}
