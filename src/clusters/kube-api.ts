import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import axios from 'axios';
import type { AxiosInstance, AxiosResponse } from 'axios';
import { parse } from 'yaml';
import { z } from 'zod';
import { PlumblineError } from '../errors.ts';

/**
 * A cluster's API server, as one user. Objects have the types of @kubernetes/client-node; its client itself would
 * take 85 MB of memory and a second to load, for what is a handful of plain requests here.
 */
export interface KubeClient {
  readonly server: string;
  /** Plain HTTPS to the API server with the user's certificate; answers every status, and bodies as text. */
  readonly http: AxiosInstance;
}

/** A kubeconfig whose user proves itself with a certificate, all inline: what providers here write. */
const kubeconfigFile = z.object({
  'current-context': z.string(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.object({ server: z.url(), 'certificate-authority-data': z.base64() }) })),
  users: z.array(z.object({ name: z.string(), user: z.object({ 'client-certificate-data': z.base64(), 'client-key-data': z.base64() }) })),
});

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
 * Reads a kubeconfig file; nothing is asked of the cluster yet.
 *
 * @throws PlumblineError PL-KUBECONFIG-UNREADABLE for a file that is missing, or proves its user in another way
 */
export async function kubeClient(kubeconfigPath: string): Promise<KubeClient> {
  const { server, ...tls } = await readKubeconfig(kubeconfigPath);
  const http = axios.create({
    baseURL: server,
    httpsAgent: new Agent({ ...tls, keepAlive: true }),
    headers: { 'User-Agent': 'plumbline' },
    timeout: requestTimeoutMs,
    // A proxy of the environment doesn't reach the bridge of a cluster on this machine.
    proxy: false,
    responseType: 'text',
    transformResponse: [],
    validateStatus: () => true,
  });
  return { server, http };
}

interface Access {
  readonly server: string;
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

async function readKubeconfig(path: string): Promise<Access> {
  try {
    const file = kubeconfigFile.parse(parse(await readFile(path, 'utf8')));
    const context = named(file.contexts, file['current-context']).context;
    const { cluster } = named(file.clusters, context.cluster);
    const { user } = named(file.users, context.user);
    const [ca, cert, key] = [cluster['certificate-authority-data'], user['client-certificate-data'], user['client-key-data']].map((data) => Buffer.from(data, 'base64'));
    if (!ca || !cert || !key) throw new Error('no certificates in it');
    return { server: cluster.server, ca, cert, key };
  } catch (cause) {
    const seen = cause instanceof z.ZodError ? z.prettifyError(cause) : cause instanceof Error ? cause.message : String(cause);
    throw new PlumblineError({
      code: 'PL-KUBECONFIG-UNREADABLE', kind: 'environment', expected: `a kubeconfig with inline certificates in ${path}`, seen,
      next: '`plumbline down` removes the run, `plumbline up` makes it anew.', cause,
    });
  }
}

function named<T extends { readonly name: string }>(list: readonly T[], name: string): T {
  const found = list.find((one) => one.name === name);
  if (!found) throw new Error(`nothing is called ${name} in it`);
  return found;
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
