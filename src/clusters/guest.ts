import type { AxiosInstance, InternalAxiosRequestConfig } from 'axios';
import { PlumblineError } from '../errors.ts';
import { runLabel } from '../run/run-label.ts';

/**
 * What a run may change in a cluster that is somebody else's: what carries its label, and nothing else. The guard is in the client
 * itself, so that no part of Plumbline can pass it by.
 */
export function guard(http: AxiosInstance, runId: string): void {
  const own = new Set<string>();
  http.interceptors.request.use(async (request) => {
    const target = targetOf(request);
    if (!target || own.has(target.path)) return request;
    if (target.kind === 'collection' && !selectsRun(request, runId)) throw notOurs(`everything in ${target.path}`, 'no label of a run', runId);
    if (target.kind !== 'object') return request;
    const looked = await http.get<string>(target.path);
    // What is not there cannot be somebody else's.
    if (looked.status === 404) return request;
    // What may not be looked at may not be changed either: that is the answer.
    if (looked.status !== 200) return Object.assign(request, { adapter: async () => ({ ...looked, config: request }) });
    const run = runOf(looked.data);
    if (run !== runId) throw notOurs(target.path, run === undefined ? 'no label of a run' : `the label of run ${run}`, runId);
    own.add(target.path);
    return request;
  });
}

type Target = { readonly kind: 'object'; readonly path: string } | { readonly kind: 'collection'; readonly path: string };

const changing = new Set(['post', 'put', 'patch', 'delete']);

/** API groups whose objects are questions: nothing is stored. */
const questions = /^\/apis\/(authorization|authentication)\.k8s\.io\//;

/**
 * What a request would change: an object of the cluster, or the namespace that it is in. Undefined for what changes nothing that is
 * there: reading, asking, making something new.
 */
export function targetOf({ method = 'get', url = '' }: Pick<InternalAxiosRequestConfig, 'method' | 'url'>): Target | undefined {
  const path = url.split('?', 1)[0] ?? '';
  if (!changing.has(method.toLowerCase()) || questions.test(path)) return undefined;
  const namespace = /^\/api\/v1\/namespaces\/[^/]+/.exec(path)?.[0] ?? namespaceIn(path);
  if (namespace !== undefined) return { kind: 'object', path: namespace };
  const [, group = '', , name] = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)\/([^/]+)(?:\/([^/]+))?/.exec(path) ?? [];
  if (name !== undefined) return { kind: 'object', path: path.split('/').slice(0, group.split('/').length + 2).join('/') };
  return method.toLowerCase() === 'post' ? undefined : { kind: 'collection', path };
}

function namespaceIn(path: string): string | undefined {
  const name = /^\/apis\/[^/]+\/[^/]+\/namespaces\/([^/]+)/.exec(path)?.[1];
  return name === undefined ? undefined : `/api/v1/namespaces/${name}`;
}

function selectsRun({ params }: InternalAxiosRequestConfig, runId: string): boolean {
  const selector = (params as { labelSelector?: string } | undefined)?.labelSelector ?? '';
  return selector.split(',').includes(`${runLabel}=${runId}`);
}

function runOf(body: string): string | undefined {
  const { metadata } = JSON.parse(body) as { metadata?: { labels?: Record<string, string> } };
  return metadata?.labels?.[runLabel];
}

function notOurs(path: string, seen: string, runId: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-NOT-OURS', kind: 'environment', expected: `${path} to be free, or of run ${runId}`, seen: `it is there already, with ${seen}`,
    next: 'Plumbline changes nothing that is somebody else\'s: remove it if nobody needs it (of an ended run: `plumbline down` with its id), or take another cluster.',
  });
}
