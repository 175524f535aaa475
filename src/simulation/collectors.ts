import PQueue from 'p-queue';
import { KubeApiError, statusMessage } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kube-api.ts';
import { componentLabels, labels } from '../components/labels.ts';
import { nodeName } from './targets.ts';

/** Simulated collectors: pods that the API keeps and no kubelet runs. An allocator knows no more of a collector. */
export interface Crowd {
  readonly client: KubeClient;
  readonly runId: string;
  readonly namespace: string;
  readonly signal: AbortSignal;
}

/** Requests under way at once: more keep no API server on two cores busier. */
const atOnce = 16;

/** A collector has its node's number. */
export function collectorName(node: number): string {
  return `collector-${node}`;
}

/** Makes the namespace, with the account that the API server wants of every pod. */
export async function makeNamespace({ client, runId, namespace, signal }: Crowd): Promise<void> {
  const of = labels(runId, 'simulation');
  await send(client, 'post', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels: of } }, signal);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' }, automountServiceAccountToken: false };
  await send(client, 'post', `/api/v1/namespaces/${namespace}/serviceaccounts`, account, signal);
}

/** Makes a collector on each of the nodes. @throws KubeApiError with the API server's sentence */
export async function addCollectors(crowd: Crowd, nodes: readonly number[]): Promise<void> {
  const queue = new PQueue({ concurrency: atOnce });
  await queue.addAll(nodes.map((node) => () => send(crowd.client, 'post', podsPath(crowd), pod(crowd, node), crowd.signal)), { signal: crowd.signal });
}

/** Takes the collector of a node away at once: nobody is there to end it gracefully. */
export async function removeCollector(crowd: Crowd, node: number): Promise<void> {
  await send(crowd.client, 'delete', `${podsPath(crowd)}/${collectorName(node)}`, { kind: 'DeleteOptions', apiVersion: 'v1', gracePeriodSeconds: 0 }, crowd.signal);
}

function pod({ runId, namespace }: Crowd, node: number): object {
  return {
    apiVersion: 'v1', kind: 'Pod',
    metadata: { name: collectorName(node), namespace, labels: { ...labels(runId, 'collector'), ...componentLabels(runId, 'collector') } },
    spec: { nodeName: nodeName(node), containers: [{ name: 'collector', image: 'simulated' }] },
  };
}

function podsPath({ namespace }: Crowd): string {
  return `/api/v1/namespaces/${namespace}/pods`;
}

async function send(client: KubeClient, method: 'post' | 'delete', url: string, body: object, signal: AbortSignal): Promise<void> {
  const response = await client.http.request<string>({ method, url, data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' }, signal });
  if (response.status >= 300) throw new KubeApiError(response.status, `${response.status} to a ${method} of ${url}: ${statusMessage(response)}`);
}
