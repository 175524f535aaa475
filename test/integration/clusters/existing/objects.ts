import { get, json } from '../../../../src/clusters/kube-api.ts';
import type { KubeClient } from '../../../../src/clusters/kubernetes.ts';

interface Listed {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string; readonly resourceVersion: string } }[];
}

/** What changes by itself, whoever looks: its version says nothing. */
const restless = ['leases', 'nodes', 'servicecidrs'];
/** What tells of things, and is none. */
const tales = ['events', 'componentstatuses'];
/** Of nodes' own heartbeats. */
const heartbeats = 'kube-node-lease';

/** Every object of a cluster, of every kind: its name, its identity, and whether it was changed. */
export async function objectsOf(client: KubeClient): Promise<readonly string[]> {
  const { groups } = json(await get(client, '/apis')) as { groups: { versions: { groupVersion: string }[] }[] };
  const paths = ['/api/v1', ...groups.flatMap(({ versions }) => versions.slice(0, 1).map(({ groupVersion }) => `/apis/${groupVersion}`))];
  return (await Promise.all(paths.map((path) => objectsIn(client, path)))).flat().toSorted();
}

async function objectsIn(client: KubeClient, path: string): Promise<readonly string[]> {
  // A group may go between two looks.
  const { status, data } = await client.http.get<string>(path);
  const { resources = [] } = status === 200 ? JSON.parse(data) as { resources?: { name: string; verbs: string[] }[] } : {};
  const kinds = resources.filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list') && !tales.includes(name));
  const found = await Promise.all(kinds.map(async ({ name: kind }) => {
    const { items } = json(await get(client, `${path}/${kind}`)) as Listed;
    return items.filter(({ metadata }) => metadata.namespace !== heartbeats).map(({ metadata: { name, namespace = '', uid, resourceVersion } }) => `${path}/${kind} ${namespace}/${name} ${uid} ${restless.includes(kind) ? '' : resourceVersion}`);
  }));
  return found.flat();
}
