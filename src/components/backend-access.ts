import { Agent } from 'node:https';
import axios from 'axios';
import type { AxiosInstance } from 'axios';
import { servicePath } from '../clusters/kubernetes.ts';
import type { KubeClient, ServicePort } from '../clusters/kubernetes.ts';
import { lastCause } from '../errors.ts';
import { trustedAuthorities } from '../run/trust.ts';

/** How a backend's query API is asked from here, whoever runs it. */
export interface BackendAccess {
  /** As messages call it: `loki`, or `loki at https://loki.example`. */
  readonly name: string;
  /** Answers every status, and bodies as text. */
  readonly http: AxiosInstance;
  /** What comes before its paths, without a slash at the end; of Mimir with its `/prometheus`. */
  readonly base: string;
  /** Of every request; credentials, as a rule. */
  readonly headers: Readonly<Record<string, string>>;
  /** By way of the API server, which takes Authorization for its own and hands it on to nobody: it must not even see a tenant's. */
  readonly withoutAuthorization?: true;
}

/** Where a backend takes OTLP, as pods reach it. */
export interface BackendIntake {
  /** As messages call it. */
  readonly name: string;
  /** Base URL, to which `/v1/metrics`, `/v1/logs` or `/v1/traces` is added. */
  readonly url: string;
  /** Of every request; credentials, as a rule. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A port of a service, and what comes first in its paths: `/prometheus`, or nothing. */
export interface ServiceAddress extends ServicePort {
  readonly path: string;
}

/** A backend in a cluster, through the API server's proxy: it works from wherever the API server does. */
export function serviceAccess(name: string, client: KubeClient, address: ServiceAddress, headers: BackendAccess['headers'] = {}): BackendAccess {
  return { name, http: client.http, base: `${servicePath(address)}${address.path}`, headers, withoutAuthorization: true };
}

/** Milliseconds; a query of somebody's large backend may take its time. */
const requestTimeoutMs = 30_000;

/**
 * HTTP to wherever a URL leads, trusting whom this system does, by way of the proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY name.
 * @param options with `proxy: false` never by one
 */
export function directHttp(options: { readonly proxy?: false } = {}): AxiosInstance {
  const http = axios.create({
    httpsAgent: new Agent({ ca: [...trustedAuthorities()], keepAlive: true }),
    headers: { 'User-Agent': 'plumbline' },
    timeout: requestTimeoutMs,
    // Credentials go to the address that they were given for, and to no other.
    maxRedirects: 0,
    responseType: 'text', transformResponse: [], validateStatus: () => true, ...options,
  });
  // An error of axios carries the request with it, credentials included.
  http.interceptors.response.use(undefined, (error: unknown) => Promise.reject(new Error(lastCause(error) || (axios.isAxiosError(error) && error.code) || 'no answer')));
  return http;
}
