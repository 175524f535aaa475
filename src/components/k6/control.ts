import type { AxiosResponse } from 'axios';
import { KubeApiError, json, statusMessage } from '../../clusters/kube-api.ts';
import type { KubeClient } from '../../clusters/kube-api.ts';
import { k6Port } from './manifests.ts';

/** One k6 pod; it is asked through the API server's proxy. */
export interface K6Pod {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly name: string;
}

/** lib.ExecutionStatus of k6 1.8.1 (lib/execution.go) that matters here: script and VUs are ready. */
const pausedBeforeRun = 4;

interface StatusDocument {
  readonly data: { readonly attributes: { readonly status: number; readonly paused: boolean; readonly running: boolean } };
}

/** Whether its script is loaded and its VUs are there, so that it starts at once when released. @throws KubeApiError while nothing answers */
export async function isWaiting(pod: K6Pod, signal?: AbortSignal): Promise<boolean> {
  const { data } = await ask(pod, 'get', '/v1/status', signal) as StatusDocument;
  return data.attributes.status === pausedBeforeRun;
}

/** Starts the test of a pod that waits. */
export async function release(pod: K6Pod, signal?: AbortSignal): Promise<void> {
  await ask(pod, 'patch', '/v1/status', signal, { data: { type: 'status', id: 'default', attributes: { paused: false } } });
}

interface MetricsDocument {
  readonly data: readonly { readonly id: string; readonly attributes: { readonly sample: Readonly<Record<string, number>> } }[];
}

/** Iterations done and dropped so far. */
export async function progressOf(pod: K6Pod, signal?: AbortSignal): Promise<{ readonly iterations: number; readonly dropped: number }> {
  const { data } = await ask(pod, 'get', '/v1/metrics', signal) as MetricsDocument;
  const count = (id: string): number => data.find((one) => one.id === id)?.attributes.sample['count'] ?? 0;
  return { iterations: count('iterations'), dropped: count('dropped_iterations') };
}

async function ask({ client, namespace, name }: K6Pod, method: 'get' | 'patch', path: string, signal?: AbortSignal, body?: object): Promise<unknown> {
  const response: AxiosResponse<string> = await client.http.request<string>({
    method, url: `/api/v1/namespaces/${namespace}/pods/${name}:${k6Port}/proxy${path}`,
    ...(body ? { data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}),
    ...(signal ? { signal } : {}),
  });
  if (response.status >= 300) throw new KubeApiError(response.status, `k6 ${name}: ${response.status}: ${statusMessage(response).trim()}`);
  return json(response);
}
