import type { Agent, RequestOptions } from 'node:https';
import { AppsV1Api, CoreV1Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import axios from 'axios';
import type { AxiosInstance, AxiosResponse } from 'axios';

/** A cluster's API server, as one user. */
export interface KubeClient {
  readonly server: string;
  readonly config: KubeConfig;
  readonly core: CoreV1Api;
  readonly apps: AppsV1Api;
  readonly objects: KubernetesObjectApi;
  /** Plain HTTPS to the API server with the user's certificate; answers every status, and bodies as text. */
  readonly http: AxiosInstance;
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

/** Reads a kubeconfig file; nothing is asked of the cluster yet. @throws Error when the file cannot be read */
export async function kubeClient(kubeconfigPath: string): Promise<KubeClient> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigPath);
  const tls: RequestOptions = {};
  await config.applyToHTTPSOptions(tls);
  const server = config.getCurrentCluster()?.server ?? '';
  const http = axios.create({
    baseURL: server,
    httpsAgent: tls.agent as Agent,
    headers: { ...(tls.headers as Record<string, string> | undefined), 'User-Agent': 'plumbline' },
    timeout: requestTimeoutMs,
    // A proxy of the environment doesn't reach the bridge of a cluster on this machine.
    proxy: false,
    responseType: 'text',
    transformResponse: [],
    validateStatus: () => true,
  });
  return {
    server,
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    objects: KubernetesObjectApi.makeApiClient(config),
    http,
  };
}

export interface Ask {
  readonly params?: Record<string, unknown>;
  readonly headers?: Record<string, string>;
  readonly signal?: AbortSignal | undefined;
}

/** GET as text. @throws KubeApiError where the status is no success */
export async function get(client: KubeClient, path: string, ask: Ask = {}): Promise<AxiosResponse<string>> {
  const { signal, ...rest } = ask;
  const response = await client.http.get<string>(path, { ...rest, ...(signal ? { signal } : {}) });
  if (response.status >= 300) throw new KubeApiError(response.status, `${response.status} from ${path}: ${statusMessage(response)}`);
  return response;
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
