import type { KubernetesObject, V1Namespace } from '@kubernetes/client-node';
import { PlumblineError, lastCause } from '../../errors.ts';
import { runLabel } from '../../run/run-label.ts';
import { KubeApiError } from '../kube-api.ts';
import type { KubeClient } from '../kube-api.ts';
import { deleteAll, labelled, listed } from './labelled.ts';
import type { ClusterKind, Leaving } from './labelled.ts';
import { deleteResources, refuseForeignResources, releaseResources } from './operator-resources.ts';

/** A cluster to look into. */
export interface Place {
  /** For a person: its context. */
  readonly name: string;
  /** A guest's, of the run that is removed. */
  client(): Promise<KubeClient>;
}

const namespaces: ClusterKind = { name: 'namespace', path: '/api/v1/namespaces' };
const webhooks: readonly ClusterKind[] = ['mutating', 'validating'].map((one) => ({ name: `${one} webhook configuration`, path: `/apis/admissionregistration.k8s.io/v1/${one}webhookconfigurations` }));
const rights: readonly ClusterKind[] = ['binding', ''].map((one) => ({ name: `cluster role ${one}`.trim(), path: `/apis/rbac.authorization.k8s.io/v1/clusterrole${one}s` }));
const definitions: ClusterKind = { name: 'definition', path: '/apis/apiextensions.k8s.io/v1/customresourcedefinitions' };

/**
 * Removes what carries the run's label from clusters, in whatever state it is; what does not carry it stays.
 * @returns what was removed
 * @throws PlumblineError PL-CLUSTER-UNREACHABLE, PL-WAIT-TIMEOUT with why something stays, PL-NOT-OURS
 */
export async function leaveClusters(runId: string, places: readonly Place[]): Promise<readonly string[]> {
  const removed = await Promise.all(places.map(async ({ name, client }) => {
    const leaving: Leaving = { client: await client(), runId, removed: new Set() };
    await leave(leaving).catch((thrown: unknown) => { throw failed(runId, name, thrown); });
    return [...leaving.removed].map((one) => `${one} in ${name}`);
  }));
  return removed.flat();
}

/** The order matters: the operator lets its resources go while it runs, and its webhooks would be asked about what is changed after it. */
async function leave(leaving: Leaving): Promise<void> {
  const own = (await labelled(leaving, namespaces.path)).map(({ metadata }) => metadata?.name ?? '');
  await deleteResources(leaving, own);
  for (const kind of webhooks) await deleteAll(leaving, kind);
  await releaseResources(leaving, own);
  await deleteAll(leaving, namespaces, whyItStays);
  for (const kind of rights) await deleteAll(leaving, kind);
  if ((await labelled(leaving, definitions.path)).length === 0) return;
  await refuseForeignResources(leaving, own);
  await deleteAll(leaving, definitions);
}

/** Ids of the runs of which a cluster has anything: what is in no namespace, and namespaces. */
export async function runsIn({ name, client }: Place): Promise<readonly string[]> {
  const asked = await client();
  try {
    const found = await Promise.all([namespaces, ...webhooks, ...rights, definitions].map(({ path }) => listed(asked, path, runLabel)));
    return [...new Set(found.flat().map(({ metadata }) => metadata?.labels?.[runLabel] ?? ''))];
  } catch (thrown) {
    throw failed('', name, thrown);
  }
}

/** What a namespace says of its own removal. */
function whyItStays(object: KubernetesObject): string | undefined {
  const conditions = (object as V1Namespace).status?.conditions?.filter(({ type, status }) => status === 'True' && /Remaining|Failure/.test(type)) ?? [];
  const hint = conditions.some(({ type }) => type === 'NamespaceDeletionDiscoveryFailure') ? ['an aggregated API of this cluster does not answer, and until it does no namespace goes: see `kubectl get apiservices`'] : [];
  return [...conditions.map(({ message }) => message), ...hint].join(', ') || undefined;
}

function failed(runId: string, place: string, cause: unknown): PlumblineError {
  if (cause instanceof PlumblineError) return cause;
  const again = `\`plumbline down${runId === '' ? '' : ` ${runId}`}\` again`;
  // What answers in its own words is reached, but for somebody whom it does not know.
  const refused = cause instanceof KubeApiError && cause.status !== 401;
  return new PlumblineError({
    code: refused ? 'PL-REMOVAL-REFUSED' : 'PL-CLUSTER-UNREACHABLE', kind: 'environment', seen: lastCause(cause),
    expected: `the cluster of context ${place} to ${refused ? 'let go what the run made there' : 'answer, so that nothing of the run is left there'}`,
    next: refused ? `Mend what it says, then ${again}.` : `${again} once it answers; with \`--kubeconfig\` and \`--context\` where the run's own credentials have expired.`, cause,
  });
}
