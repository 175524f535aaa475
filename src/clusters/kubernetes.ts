import type { KubernetesObject, V1Pod } from '@kubernetes/client-node';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';
import { KubeApiError, get, json, statusMessage } from './kube-api.ts';
import type { KubeClient } from './kube-api.ts';

export { kubeClient, KubeApiError } from './kube-api.ts';
export type { KubeClient } from './kube-api.ts';

/** What the API server can proxy to. */
export type Target = 'service' | 'pod';

const fieldManager = 'plumbline';

/**
 * Server-side apply in the order given, as field manager `plumbline`; conflicts are taken over. Any kind works, and a
 * custom resource may directly follow its definition.
 *
 * @throws PlumblineError PL-APPLY-REFUSED with the API server's own sentence
 */
export async function apply(client: KubeClient, objects: readonly KubernetesObject[], signal?: AbortSignal): Promise<void> {
  for (const object of objects) {
    const path = await objectPath(client, object, signal);
    // Raw JSON: the typed client drops fields it doesn't know, `x-kubernetes-preserve-unknown-fields` among them.
    const response = await client.http.patch(path, JSON.stringify(object), {
      params: { fieldManager, force: true },
      headers: { 'Content-Type': 'application/apply-patch+yaml' },
      ...(signal ? { signal } : {}),
    });
    if (response.status >= 300) throw refused(object, statusMessage(response));
    if (object.kind === 'CustomResourceDefinition') await served(client, object, signal);
  }
}

/** Removes a namespace and waits until everything in it is gone. One that does not exist is no error. */
export async function deleteNamespace(client: KubeClient, name: string, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  await client.http.delete(path);
  await until(`namespace ${name} gone`, async ({ saw, signal }) => {
    const response = await client.http.get<string>(path, { signal });
    if (response.status === 404) return true;
    saw(namespaceCause(json(response)));
    return undefined;
  }, options);
}

/** Pods of a namespace by label selector, e.g. `app=collector`. */
export async function podsOf(client: KubeClient, namespace: string, selector: string, signal?: AbortSignal): Promise<readonly V1Pod[]> {
  const response = await get(client, `/api/v1/namespaces/${namespace}/pods`, { params: { labelSelector: selector }, signal });
  return (json(response) as { items: V1Pod[] }).items;
}

export interface LogOptions {
  readonly container?: string;
  /** Lines from the end; all of what the node keeps when left out. */
  readonly tailLines?: number;
  /** Of the container's run before its last restart. */
  readonly previous?: boolean;
  readonly signal?: AbortSignal;
}

/** A pod's log as text. @throws KubeApiError, e.g. 400 while the container waits to start */
export async function podLogs(client: KubeClient, namespace: string, pod: string, options: LogOptions = {}): Promise<string> {
  const { signal, ...params } = options;
  return (await get(client, `/api/v1/namespaces/${namespace}/pods/${pod}/log`, { params, signal })).data;
}

/**
 * GET through the API server's proxy: works from wherever the API server can be reached.
 *
 * @param port number, or the service port's name
 * @param path with its leading slash and query
 * @throws KubeApiError with status and body of what answered, 503 where nothing does
 */
export async function proxyGet(client: KubeClient, namespace: string, target: Target, name: string, port: number | string, path: string, signal?: AbortSignal): Promise<string> {
  return (await get(client, proxyPath(namespace, target, name, port, path), { signal })).data;
}

/** Like proxyGet, with the answer read as JSON. */
export async function proxyGetJson(client: KubeClient, namespace: string, target: Target, name: string, port: number | string, path: string, signal?: AbortSignal): Promise<unknown> {
  return json(await get(client, proxyPath(namespace, target, name, port, path), { signal }));
}

/** A port of a service, by number or by name. */
export interface ServicePort {
  readonly namespace: string;
  readonly service: string;
  readonly port: number | string;
  /** Where it speaks TLS; the API server does not look at its certificate. */
  readonly tls?: boolean;
}

/** What leads to a service through the API server's proxy; a path follows. */
export function servicePath({ namespace, service, port, tls = false }: ServicePort): string {
  return proxyPath(namespace, 'service', `${tls ? 'https:' : ''}${service}`, port, '');
}

function proxyPath(namespace: string, target: Target, name: string, port: number | string, path: string): string {
  return `/api/v1/namespaces/${namespace}/${target}s/${name}:${port}/proxy${path}`;
}

/** The object's address; its kind is looked up with the API server, which may have learned of it only just now. */
async function objectPath(client: KubeClient, object: KubernetesObject, signal?: AbortSignal): Promise<string> {
  const { apiVersion = 'v1', kind = '', metadata } = object;
  const group = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const resource = await resourceOf(client, group, kind, signal);
  if (!resource) throw refused(object, `the cluster has no kind ${kind} in ${apiVersion}`);
  const scope = resource.namespaced ? `/namespaces/${metadata?.namespace ?? 'default'}` : '';
  return `${group}${scope}/${resource.name}/${metadata?.name ?? ''}`;
}

interface ApiResource {
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
}

const resources = new WeakMap<KubeClient, Map<string, ApiResource>>();

async function resourceOf(client: KubeClient, group: string, kind: string, signal?: AbortSignal): Promise<ApiResource | undefined> {
  const known = resources.get(client) ?? new Map<string, ApiResource>();
  resources.set(client, known);
  if (!known.has(`${group} ${kind}`)) {
    const response = await client.http.get<string>(group, signal ? { signal } : {});
    if (response.status === 404) return undefined;
    if (response.status >= 300) throw new KubeApiError(response.status, statusMessage(response));
    for (const one of (json(response) as { resources: ApiResource[] }).resources) {
      if (!one.name.includes('/')) known.set(`${group} ${one.kind}`, one);
    }
  }
  return known.get(`${group} ${kind}`);
}

/** A definition counts from when its kind can be looked up, which is a moment after it was accepted. */
async function served(client: KubeClient, definition: KubernetesObject, signal?: AbortSignal): Promise<void> {
  const { spec } = definition as { spec?: { group: string; names: { kind: string }; versions: { name: string; served: boolean }[] } };
  if (!spec) return;
  for (const version of spec.versions.filter((one) => one.served)) {
    const group = `/apis/${spec.group}/${version.name}`;
    await until(`kind ${spec.names.kind} served`, (look) => resourceOf(client, group, spec.names.kind, look.signal), { timeoutMs: 30_000, intervalMs: 100, signal });
  }
}

function refused(object: KubernetesObject, seen: string): PlumblineError {
  const { kind, metadata } = object;
  return new PlumblineError({
    code: 'PL-APPLY-REFUSED',
    kind: 'environment',
    expected: `the cluster to take ${kind} ${metadata?.namespace ? `${metadata.namespace}/` : ''}${metadata?.name}`,
    seen,
    next: 'Mend the object named above; `kubectl explain` tells its fields.',
  });
}

function namespaceCause(namespace: unknown): string {
  const { status } = namespace as { status?: { conditions?: { type: string; status: string; message?: string }[] } };
  const left = status?.conditions?.filter((one) => one.status === 'True' && /Remaining|Failure/.test(one.type));
  return left?.map((one) => one.message).join('; ') || 'terminating';
}
