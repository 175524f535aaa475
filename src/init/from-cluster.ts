import { contextsOf } from '../clusters/existing/contexts.ts';
import { KubeApiError, clientOfContext, get, json } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kube-api.ts';
import { componentOf } from './versions.ts';
import { at, isMapping, mappingsIn, seenObject, textAt } from './seen.ts';
import type { Mapping, Seen } from './seen.ts';

/** What a cluster runs, read and nothing else. */
export interface SeenCluster {
  readonly context: string;
  readonly seen: readonly Seen[];
  /** What could not be read, a sentence each. */
  readonly unread: readonly string[];
}

/** Kinds that say what runs; of those with several versions the first that there is. */
const kinds = [
  { kind: 'Deployment', paths: ['/apis/apps/v1/deployments'] }, { kind: 'StatefulSet', paths: ['/apis/apps/v1/statefulsets'] },
  { kind: 'DaemonSet', paths: ['/apis/apps/v1/daemonsets'] }, { kind: 'Node', paths: ['/api/v1/nodes'] },
  { kind: 'OpenTelemetryCollector', paths: ['/apis/opentelemetry.io/v1beta1/opentelemetrycollectors', '/apis/opentelemetry.io/v1alpha1/opentelemetrycollectors'] },
  { kind: 'TargetAllocator', paths: ['/apis/opentelemetry.io/v1alpha1/targetallocators'] },
] as const;

/**
 * Lists workloads, nodes and the operator's resources of a context's cluster, and gets the ConfigMaps that their pods mount. No Secret is read.
 *
 * @param context left out: the current one
 * @throws PlumblineError PL-KUBECONFIG-…, PL-CONTEXT-UNKNOWN, PL-LOGIN-FAILED; the error of a server that does not answer
 */
export async function seenInCluster(context: string | undefined, kubeconfig: string | undefined): Promise<SeenCluster> {
  const [found] = await contextsOf({ ...(kubeconfig === undefined ? {} : { kubeconfig }), ...(context === undefined ? {} : { contexts: [context] }) });
  if (!found) throw new Error('no context');
  // The empty id is no run's: as such a guest it may change nothing at all.
  const client = await clientOfContext(found.named, '');
  const listed = await Promise.all(kinds.map((one) => readable(one.kind, () => firstThere(client, one))));
  const objects = listed.flatMap(({ objects: some }) => some);
  const mounted = await Promise.all([...configMapsOf(objects)].map((path) => readable(`ConfigMap ${path.split('/').at(-1)}`, async () => [{ kind: 'ConfigMap', ...json(await get(client, path)) as Mapping }])));
  const secrets = objects.filter(isCollector).flatMap((object) => mappingsIn(at(object, 'spec', 'template', 'spec', 'volumes')).filter((volume) => isMapping(volume['secret'])).map(() => textAt(object, 'metadata', 'name')));
  return {
    context: found.name, seen: [...objects, ...mounted.flatMap(({ objects: some }) => some)].map(seenObject),
    unread: [...[...listed, ...mounted].flatMap(({ unread }) => unread), ...[...new Set(secrets)].map((name) => `what is in Secrets that ${name} mounts: no Secret is read`)],
  };
}

async function firstThere(client: KubeClient, { kind, paths }: (typeof kinds)[number]): Promise<readonly Mapping[]> {
  for (const path of paths) {
    const items = await listAll(client, path);
    if (items) return items.map((item) => ({ kind, ...item }));
  }
  return [];
}

/** How many objects a server is asked for at once. */
const page = 500;

/** @returns undefined where the cluster has no such kind */
async function listAll(client: KubeClient, path: string): Promise<readonly Mapping[] | undefined> {
  const all: Mapping[] = [];
  try {
    for (let next: string | undefined = ''; next !== undefined;) {
      const answer: unknown = json(await get(client, path, { params: { limit: page, ...(next === '' ? {} : { continue: next }) } }));
      all.push(...(at(answer, 'items') as readonly Mapping[]));
      next = textAt(answer, 'metadata', 'continue') || undefined;
    }
    return all;
  } catch (thrown) {
    if (thrown instanceof KubeApiError && thrown.status === 404) return undefined;
    throw thrown;
  }
}

/** Whoever may not read one kind gets the others. */
async function readable(what: string, read: () => Promise<readonly Mapping[]>): Promise<{ readonly objects: readonly Mapping[]; readonly unread: readonly string[] }> {
  try {
    return { objects: await read(), unread: [] };
  } catch (thrown) {
    if (!(thrown instanceof KubeApiError)) throw thrown;
    return { objects: [], unread: [`${what}: ${thrown.message}`] };
  }
}

/** Paths of those that pods of known components mount. */
function configMapsOf(objects: readonly Mapping[]): ReadonlySet<string> {
  const known = objects.filter((object) => imagesOf(object).some((image) => componentOf(image)));
  return new Set(known.flatMap((object) => mappingsIn(at(object, 'spec', 'template', 'spec', 'volumes')).flatMap((volume) => {
    const name = textAt(volume, 'configMap', 'name');
    return name === '' ? [] : [`/api/v1/namespaces/${textAt(object, 'metadata', 'namespace')}/configmaps/${name}`];
  })));
}

function isCollector(object: Mapping): boolean {
  return imagesOf(object).some((image) => componentOf(image)?.component === 'collector');
}

function imagesOf(object: Mapping): readonly string[] {
  return mappingsIn(at(object, 'spec', 'template', 'spec', 'containers')).map((one) => textAt(one, 'image')).filter(Boolean);
}
