import type { KubernetesObject } from '@kubernetes/client-node';
import { runLabel } from '../../run/run-label.ts';
import { until } from '../../run/wait.ts';
import { KubeApiError, get, json, statusMessage } from '../kube-api.ts';
import type { KubeClient } from '../kube-api.ts';

/** A run that leaves a cluster. */
export interface Leaving {
  readonly client: KubeClient;
  readonly runId: string;
  /** What was removed so far, for a person. */
  readonly removed: Set<string>;
}

/** A kind of which a run has objects that are in no namespace. */
export interface ClusterKind {
  /** As a person says it. */
  readonly name: string;
  readonly path: string;
}

/** Objects of the run by its label. */
export async function labelled({ client, runId }: Pick<Leaving, 'client' | 'runId'>, path: string, signal?: AbortSignal): Promise<readonly KubernetesObject[]> {
  return listed(client, path, `${runLabel}=${runId}`, signal);
}

/** Every run has namespaces, and who may not look at other kinds made none of them. */
const alwaysLookedAt = '/api/v1/namespaces';

/**
 * Objects of a kind in the whole cluster; none where the kind is not known here, or may not be looked at.
 * @throws KubeApiError for every other answer
 */
export async function listed(client: KubeClient, path: string, labelSelector?: string, signal?: AbortSignal): Promise<readonly KubernetesObject[]> {
  try {
    const response = await get(client, path, { params: labelSelector === undefined ? {} : { labelSelector }, signal });
    return (json(response) as { items?: KubernetesObject[] }).items ?? [];
  } catch (thrown) {
    const passed = thrown instanceof KubeApiError && (thrown.status === 404 || (thrown.status === 403 && path !== alwaysLookedAt));
    if (passed) return [];
    throw thrown;
  }
}

/** Deletes that very object: another one of its name, made meanwhile, stays. One that is gone already is no error. */
export async function deleteObject({ client }: Pick<Leaving, 'client'>, path: string, { metadata }: KubernetesObject, signal?: AbortSignal): Promise<void> {
  const preconditions = metadata?.uid === undefined ? {} : { preconditions: { uid: metadata.uid } };
  const response = await client.http.delete<string>(path, { data: JSON.stringify(preconditions), headers: { 'Content-Type': 'application/json' }, ...(signal ? { signal } : {}) });
  // Conflict: it is another one by now.
  if (response.status >= 300 && response.status !== 404 && response.status !== 409) throw new KubeApiError(response.status, `${path}: ${statusMessage(response)}`);
}

/** Milliseconds; a namespace with a whole platform in it takes half a minute on a busy machine. */
const goneTimeoutMs = 180_000;

/**
 * Deletes what the run has of a kind, again until none is listed, and waits until it is gone.
 * @param stateOf says of one that is still there why, where it says so itself
 */
export async function deleteAll(leaving: Leaving, kind: ClusterKind, stateOf: (object: KubernetesObject) => string | undefined = () => undefined): Promise<void> {
  const asked = new Set<string>();
  await until(`every ${kind.name} of run ${leaving.runId} gone`, async ({ saw, signal }) => {
    const left = await labelled(leaving, kind.path, signal);
    for (const one of left) {
      const { uid = '', name = '' } = one.metadata ?? {};
      leaving.removed.add(`${kind.name} ${name}`);
      if (!asked.has(uid)) await deleteObject(leaving, `${kind.path}/${name}`, one, signal);
      asked.add(uid);
    }
    saw(left.map((one) => [one.metadata?.name, stateOf(one)].filter(Boolean).join(': ')).join('; '));
    return left.length === 0 ? true : undefined;
  }, { timeoutMs: goneTimeoutMs, next: `Look at what is named above, then \`plumbline down ${leaving.runId}\` again: it goes on where it stopped.` });
}
