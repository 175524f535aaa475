import type { AxiosResponse } from 'axios';
import { KubeApiError, json, statusMessage } from '../../clusters/kube-api.ts';
import type { KubeClient } from '../../clusters/kube-api.ts';
import type { FlowOrder, FlowProgress, FlowState } from './flow.ts';
import { senderPort } from './manifests.ts';

/** Where a sender's service is; it is asked through the API server's proxy. */
export interface SenderPlace {
  readonly client: KubeClient;
  readonly namespace: string;
}

/** Starts a flow. @throws KubeApiError 400 beyond the sender's bounds, 409 for a name it knows, 429 for too many at once */
export async function orderFlow(sender: SenderPlace, order: FlowOrder, signal?: AbortSignal): Promise<FlowProgress> {
  return await ask(sender, 'post', '/flows', signal, order) as FlowProgress;
}

/** How far a flow is, in a few numbers. @throws KubeApiError 404 for a name that the sender doesn't know */
export async function flowProgress(sender: SenderPlace, name: string, signal?: AbortSignal): Promise<FlowProgress> {
  return await ask(sender, 'get', `/flows/${name}?brief`, signal) as FlowProgress;
}

/** Everything of a flow, answers and time line included: up to some megabytes. */
export async function flowStateOf(sender: SenderPlace, name: string, signal?: AbortSignal): Promise<FlowState> {
  return await ask(sender, 'get', `/flows/${name}`, signal) as FlowState;
}

/** Ends a flow and answers its state once the requests under way are answered. */
export async function stopOrder(sender: SenderPlace, name: string, signal?: AbortSignal): Promise<FlowState> {
  return await ask(sender, 'delete', `/flows/${name}`, signal) as FlowState;
}

/** What the sender's process has taken since its start. */
export async function senderUsage(sender: SenderPlace, signal?: AbortSignal): Promise<{ readonly cpuSeconds: number; readonly peakMb: number }> {
  return await ask(sender, 'get', '/usage', signal) as { cpuSeconds: number; peakMb: number };
}

async function ask({ client, namespace }: SenderPlace, method: 'get' | 'post' | 'delete', path: string, signal?: AbortSignal, body?: object): Promise<unknown> {
  const url = `/api/v1/namespaces/${namespace}/services/sender:${senderPort}/proxy${path}`;
  const response: AxiosResponse<string> = await client.http.request<string>({
    method, url,
    ...(body ? { data: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } } : {}),
    ...(signal ? { signal } : {}),
  });
  if (response.status >= 300) throw new KubeApiError(response.status, `sender: ${response.status}: ${statusMessage(response).trim()}`);
  return json(response);
}
