import type { KubernetesObject } from '@kubernetes/client-node';
import { isReady } from '../is-ready.ts';
import { PlumblineError } from '../../errors.ts';
import { until } from '../../run/wait.ts';
import { KubeApiError, statusMessage } from '../kube-api.ts';
import type { KubeClient } from '../kube-api.ts';
import { deleteObject, labelled, listed } from './labelled.ts';
import type { Leaving } from './labelled.ts';

/** Resources of the OpenTelemetry operator: they have finalizers, which only the operator takes off, and go before it does. */
export const operatorGroup = 'opentelemetry.io';

interface Resource {
  /** Of the object. */
  readonly path: string;
  readonly object: KubernetesObject;
}

/** How long the operator may take to let its resources go: it was seen to take 2 s. */
const letGoTimeoutMs = 30_000;

/** Whether the group is served at all: by definitions of this run, or of somebody else. */
export async function hasOperatorGroup(client: KubeClient, signal?: AbortSignal): Promise<boolean> {
  return (await client.http.get(`/apis/${operatorGroup}`, signal ? { signal } : {})).status === 200;
}

/**
 * Deletes the operator's resources in the run's namespaces, and gives it the time to let them go where it runs. What stays, because
 * its webhooks refuse to let it go or it does not answer any more, is for `releaseResources`.
 */
export async function deleteResources(leaving: Leaving, namespaces: readonly string[]): Promise<void> {
  const asked = await Promise.all((await own(leaving, namespaces)).map(({ path, object }) => deleteObject(leaving, path, object).then(() => true, () => false)));
  if (!asked.includes(true) || !(await operatorRuns(leaving))) return;
  const refused = asked.filter((taken) => !taken).length;
  await until('the operator letting its resources go', async ({ saw, signal }) => {
    const left = (await own(leaving, namespaces, signal)).length - refused;
    saw(`${left} left`);
    return left <= 0 ? true : undefined;
  }, { timeoutMs: letGoTimeoutMs }).catch(() => undefined);
}

/** Lets go what is left in the operator's place. Its webhooks have to be gone: they would be asked, and nobody may answer any more. */
export async function releaseResources(leaving: Leaving, namespaces: readonly string[]): Promise<void> {
  for (const { path, object } of await own(leaving, namespaces)) {
    await deleteObject(leaving, path, object);
    if (!object.metadata?.finalizers?.length) continue;
    const bare = JSON.stringify({ metadata: { finalizers: null } });
    const response = await leaving.client.http.patch<string>(path, bare, { headers: { 'Content-Type': 'application/merge-patch+json' } });
    if (response.status >= 300 && response.status !== 404) throw new KubeApiError(response.status, `${path}: ${statusMessage(response)}`);
  }
}

/** Definitions take every resource of theirs with them. @throws PlumblineError PL-NOT-OURS where one is somebody else's */
export async function refuseForeignResources({ client, runId }: Leaving, namespaces: readonly string[]): Promise<void> {
  const foreign = (await resourcesOf(client)).filter(({ object }) => !namespaces.includes(object.metadata?.namespace ?? ''));
  if (foreign.length === 0) return;
  throw new PlumblineError({
    code: 'PL-NOT-OURS', kind: 'environment', expected: `only resources of run ${runId} of the definitions that it made (${operatorGroup})`,
    seen: foreign.map(({ path }) => path).join(', '), next: `Whoever made them has to remove them, or keep them elsewhere: they go with the definitions. Then \`plumbline down ${runId}\` again.`,
  });
}

async function own({ client }: Leaving, namespaces: readonly string[], signal?: AbortSignal): Promise<readonly Resource[]> {
  return (await resourcesOf(client, signal)).filter(({ object }) => namespaces.includes(object.metadata?.namespace ?? ''));
}

async function operatorRuns(leaving: Leaving): Promise<boolean> {
  const pods = await labelled(leaving, '/api/v1/pods') as { metadata?: { labels?: Record<string, string> }; status?: { conditions?: { type: string; status: string }[] } }[];
  return pods.some((pod) => pod.metadata?.labels?.['app.kubernetes.io/name'] === 'operator' && isReady(pod));
}

interface ApiResource { readonly name: string; readonly verbs: readonly string[] }

/** All of them in the whole cluster; none where there are no definitions, or where they may not be looked at. */
async function resourcesOf(client: KubeClient, signal?: AbortSignal): Promise<readonly Resource[]> {
  const { versions = [] } = await described<{ versions?: { groupVersion: string }[] }>(client, `/apis/${operatorGroup}`, signal);
  const all = await Promise.all(versions.map(async ({ groupVersion }) => {
    const { resources = [] } = await described<{ resources?: ApiResource[] }>(client, `/apis/${groupVersion}`, signal);
    return resources.filter(({ name, verbs }) => !name.includes('/') && verbs.includes('list')).map(({ name }) => ({ groupVersion, name }));
  }));
  // The same resource in another version is the same object, but its webhooks read the newest only, which the API server names first.
  const kinds = [...new Map(all.flat().toReversed().map((one) => [one.name, one])).values()];
  const found = await Promise.all(kinds.map(async ({ groupVersion, name }) => (await listed(client, `/apis/${groupVersion}/${name}`, undefined, signal))
    .map((object) => ({ object, path: `/apis/${groupVersion}/namespaces/${object.metadata?.namespace}/${name}/${object.metadata?.name}` }))));
  return found.flat();
}

/** What the API server says of a group or a version; empty where it has none. */
async function described<T extends object>(client: KubeClient, path: string, signal?: AbortSignal): Promise<Partial<T>> {
  const { status, data } = await client.http.get<string>(path, signal ? { signal } : {});
  return status === 200 ? JSON.parse(data) as T : {};
}
