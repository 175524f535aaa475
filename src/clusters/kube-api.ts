import axios from 'axios';
import type { AxiosAdapter, AxiosInstance, AxiosResponse, InternalAxiosRequestConfig } from 'axios';
import { whileHolds } from '../run/wait.ts';
import { guard } from './guest.ts';
import { guestOf } from './guest-mark.ts';
import { kubeAccess } from './kube-access.ts';
import { currentContext, readKubeconfig } from './kubeconfig.ts';
import type { KubeconfigContext } from './kubeconfig.ts';

/**
 * A cluster's API server, as one user. Objects have the types of @kubernetes/client-node; its client itself would
 * take 85 MB of memory and a second to load, for what is a handful of plain requests here.
 */
export interface KubeClient {
  readonly server: string;
  /** Plain HTTPS to the API server as the user; answers every status, and bodies as text. */
  readonly http: AxiosInstance;
  /** The file that it was read from, where it was. */
  readonly kubeconfigPath?: string;
}

/** What the API server answered instead of what was asked for. */
export class KubeApiError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'KubeApiError';
    this.status = status;
  }
}

const requestTimeoutMs = 10_000;

/**
 * Reads a kubeconfig file and takes its current context; nothing is asked of the cluster yet. A run's own copy of a kubeconfig of
 * somebody else's cluster makes a guest's client: it changes nothing there that is not the run's.
 *
 * @throws PlumblineError PL-KUBECONFIG-UNREADABLE; later, of each request, PL-LOGIN-FAILED and, of a guest's, PL-NOT-OURS
 */
export async function kubeClient(kubeconfigPath: string): Promise<KubeClient> {
  const file = await readKubeconfig(kubeconfigPath);
  return { ...await clientOfContext(currentContext(kubeconfigPath, file), guestOf(file)), kubeconfigPath };
}

/** @param runId of the run that is a guest there; left out: the cluster is Plumbline's own */
export async function clientOfContext(context: KubeconfigContext, runId?: string): Promise<KubeClient> {
  const { server, proxied, credentials } = await kubeAccess(context, { far: runId !== undefined });
  const send = axios.getAdapter('http');
  const http = axios.create({
    adapter: (config) => patiently(send, config),
    baseURL: server,
    headers: { 'User-Agent': 'plumbline' },
    timeout: requestTimeoutMs,
    responseType: 'text',
    transformResponse: [],
    validateStatus: () => true,
    // Proxies are the agent's matter; left out, it would be axios' own.
    ...(proxied ? {} : { proxy: false as const }),
  });
  http.interceptors.request.use(async (request) => {
    const { agent, headers } = await credentials();
    request.headers.set(headers);
    return Object.assign(request, { httpAgent: agent, httpsAgent: agent });
  });
  if (runId !== undefined) guard(http, runId);
  return { server, http };
}

/** How often a request is sent at most. */
const mostTries = 10;

/**
 * An API server that has too much to do, or whose storage of a new definition is not ready yet, has done nothing of a request, and says
 * when to come again. What answers through its proxy speaks for itself.
 */
async function patiently(send: AxiosAdapter, config: InternalAxiosRequestConfig): Promise<AxiosResponse> {
  for (let tried = 1; ; tried += 1) {
    const response = await send(config);
    const seconds = Number(response.headers['retry-after']);
    if (response.status !== 429 || !(seconds > 0) || tried === mostTries || /\/proxy(\/|$)/.test(config.url ?? '')) return response;
    await whileHolds('the API server has too much to do', () => undefined, { forMs: seconds * 1000, ...(config.signal instanceof AbortSignal ? { signal: config.signal } : {}) });
  }
}

export interface Ask {
  readonly params?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

/** GET as text. @throws KubeApiError where the status is no success */
export async function get(client: Pick<KubeClient, 'http'>, path: string, ask: Ask = {}): Promise<AxiosResponse<string>> {
  const { signal, ...rest } = ask;
  const response = await client.http.get<string>(path, { ...rest, ...(signal ? { signal } : {}) });
  if (response.status >= 300) throw new KubeApiError(response.status, `${response.status} from ${path}: ${statusMessage(response)}`);
  return response;
}

/** What is there, read as JSON; undefined where there is nothing. @throws KubeApiError where the status is another one that is no success */
export async function getIfThere(client: Pick<KubeClient, 'http'>, path: string, ask: Ask = {}): Promise<unknown> {
  try {
    return json(await get(client, path, ask));
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Changes fields of what is there; `strategic` knows containers by their names (built-in kinds only). @throws KubeApiError where the status is no success */
export async function mergePatch(client: Pick<KubeClient, 'http'>, path: string, patch: object, { strategic = false, signal }: { readonly strategic?: boolean; readonly signal?: AbortSignal } = {}): Promise<void> {
  const response = await client.http.patch<string>(path, JSON.stringify(patch), {
    headers: { 'Content-Type': `application/${strategic ? 'strategic-merge-patch' : 'merge-patch'}+json` }, ...(signal ? { signal } : {}),
  });
  if (response.status >= 300) throw new KubeApiError(response.status, `${response.status} to a patch of ${path}: ${statusMessage(response)}`);
}

/** @param gone whether it may be gone already @throws KubeApiError where the status is no success */
export async function deleteObject(client: Pick<KubeClient, 'http'>, path: string, { gone = false, signal }: { readonly gone?: boolean; readonly signal?: AbortSignal } = {}): Promise<void> {
  const { status, data } = await client.http.delete<string>(path, signal ? { signal } : {});
  if (status >= 300 && !(gone && status === 404)) throw new KubeApiError(status, data);
}

/** The Kubernetes version of a cluster, without a leading v. */
export async function versionOf(client: KubeClient, signal?: AbortSignal): Promise<string> {
  return (json(await get(client, '/version', { signal })) as { gitVersion: string }).gitVersion.replace(/^v/, '');
}

/** GET as it is. @throws KubeApiError where the status is no success */
export async function getBytes(client: Pick<KubeClient, 'http'>, path: string, ask: Ask = {}): Promise<Buffer> {
  const { signal, ...rest } = ask;
  const response = await client.http.get<Buffer>(path, { ...rest, responseType: 'arraybuffer', ...(signal ? { signal } : {}) });
  if (response.status >= 300) throw new KubeApiError(response.status, `${response.status} from ${path}: ${response.data.toString().slice(0, 500)}`);
  return response.data;
}

/** The body as JSON. @throws KubeApiError where it is none */
export function json(response: AxiosResponse<string>): unknown {
  try {
    return JSON.parse(response.data);
  } catch {
    throw new KubeApiError(response.status, `no JSON in the answer: ${response.data.slice(0, 200)}`);
  }
}

/** The sentence of a Kubernetes Status, or the body's start where it is something else. */
export function statusMessage(response: AxiosResponse<string>): string {
  try {
    const message = (JSON.parse(response.data) as { message?: unknown }).message;
    if (typeof message === 'string') return message;
  } catch {
    // Not every answer through the proxy is JSON; its text says enough.
  }
  return response.data.slice(0, 500);
}
