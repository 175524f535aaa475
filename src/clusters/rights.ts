import type { V1PolicyRule } from '@kubernetes/client-node';
import PQueue from 'p-queue';
import { json } from './kube-api.ts';
import type { KubeClient } from './kube-api.ts';

/** Verbs on resources that a user has to be allowed. */
export interface Right {
  /** In the namespaces that the run makes, or in the whole cluster. */
  readonly where: 'namespaces' | 'cluster';
  readonly group: string;
  /** With their subresources: `pods/log`. */
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

export interface NeededRights {
  /** What the run does itself. */
  readonly own: readonly Right[];
  /** What it grants to parts of a platform: who grants a right has to have it, or be allowed to escalate and to bind. */
  readonly granted: readonly V1PolicyRule[];
}

/** One question to the API server. */
interface Asked {
  readonly where: Right['where'];
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly path?: string;
}

const roles = { where: 'cluster', group: 'rbac.authorization.k8s.io', resource: 'clusterroles' } as const;

/** Questions at a time; each takes a server milliseconds. */
const atATime = 10;

/**
 * Asks the API server, which decides by whatever it decides by, and changes nothing.
 * @returns what the user may not do, a line for each resource; empty where nothing is missing
 */
export async function missingRights(client: KubeClient, { own, granted }: NeededRights, runId: string, signal?: AbortSignal): Promise<readonly string[]> {
  const queue = new PQueue({ concurrency: atATime });
  const lacking = async (asked: readonly Asked[]): Promise<readonly Asked[]> => {
    const allowed = await queue.addAll(asked.map((one) => () => isAllowed(client, one, runId, signal)));
    return asked.filter((_, index) => !allowed[index]);
  };
  const mine = linesOf(await lacking(unique(own.flatMap(expanded))));
  const free = granted.length === 0 || (await lacking([{ ...roles, verb: 'escalate' }, { ...roles, verb: 'bind' }])).length === 0;
  const given = free ? [] : linesOf(await lacking(unique(granted.flatMap(expandedRule))));
  return given.length === 0 ? mine : [...mine, `escalate, bind clusterroles in the cluster, or else what is granted by them: ${given.join(', ')}`];
}

/** The same rights, each resource once, and together with those of which the same is allowed. */
export function compact(rights: readonly Right[]): readonly Right[] {
  const byResource = Map.groupBy(rights.flatMap(expanded), ({ where, group = '', resource = '' }) => JSON.stringify([where, group, resource]));
  const merged = [...byResource.values()].map((same) => ({ ...same[0], verbs: [...new Set(same.map(({ verb }) => verb))].toSorted() }));
  const byVerbs = Map.groupBy(merged, ({ where, group, verbs }) => JSON.stringify([where, group, verbs]));
  return [...byVerbs.values()].map((same) => {
    const { where = 'cluster', group = '', verbs = [] } = same[0] ?? {};
    return { where, group, resources: same.flatMap(({ resource }) => resource ?? []), verbs };
  });
}

/** As a person reads rights: `get, list pods, pods/log in its namespaces`. */
function rightLine({ where, group, resources, verbs }: Right): string {
  return `${verbs.join(', ')} ${resources.map((one) => (group === '' ? one : `${one}.${group}`)).join(', ')} ${whereWords[where]}`;
}

const whereWords = { namespaces: 'in its namespaces', cluster: 'in the cluster' } as const;

async function isAllowed(client: KubeClient, { where, verb, group, resource = '', path }: Asked, runId: string, signal?: AbortSignal): Promise<boolean> {
  const [name, subresource] = resource.split('/');
  const attributes = path === undefined
    ? { resourceAttributes: { verb, group, resource: name, ...(subresource === undefined ? {} : { subresource }), ...(where === 'namespaces' ? { namespace: `pl-${runId}` } : {}) } }
    : { nonResourceAttributes: { verb, path } };
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: attributes };
  const response = await client.http.post<string>('/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', JSON.stringify(review), {
    headers: { 'Content-Type': 'application/json' }, ...(signal ? { signal } : {}),
  });
  return response.status < 300 && (json(response) as { status: { allowed: boolean } }).status.allowed;
}

function expanded({ where, group, resources, verbs }: Right): readonly Asked[] {
  return resources.flatMap((resource) => verbs.map((verb) => ({ where, group, resource, verb })));
}

function expandedRule({ apiGroups = [], resources = [], nonResourceURLs = [], verbs }: V1PolicyRule): readonly Asked[] {
  return [
    ...apiGroups.flatMap((group) => expanded({ where: 'cluster', group, resources, verbs })),
    ...nonResourceURLs.flatMap((path) => verbs.map((verb): Asked => ({ where: 'cluster', path, verb }))),
  ];
}

function unique(asked: readonly Asked[]): readonly Asked[] {
  return [...new Map(asked.map((one) => [JSON.stringify([one.where, one.group, one.resource, one.path, one.verb]), one])).values()];
}

function linesOf(asked: readonly Asked[]): readonly string[] {
  const byResource = Map.groupBy(asked, ({ where, group, resource, path }) => JSON.stringify([where, group, resource, path]));
  return [...byResource.values()].map((same) => {
    const { where = 'cluster', group = '', resource, path } = same[0] ?? {};
    return rightLine({ where, group, resources: [resource ?? path ?? ''], verbs: same.map(({ verb }) => verb) });
  });
}
