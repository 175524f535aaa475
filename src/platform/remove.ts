import { podsOf } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { componentLabels, labels, selector } from '../components/labels.ts';
import { until } from '../run/wait.ts';
import { sideAppsNamespace, sideNamespace, sideTargetsNamespace } from './platform.ts';

export interface RemovedSide {
  /** Of every cluster that the side has something in. */
  readonly clients: Iterable<KubeClient>;
  readonly runId: string;
  readonly name: string;
  /** The next side may share its targets, and would see who else scrapes them. */
  readonly sharesTargets: boolean;
  note(text: string): void;
}

/** Collectors have a grace period of 5 s; what takes longer is the namespace's turn on a busy cluster. */
const collectorsGoneTimeoutMs = 60_000;

/**
 * Removes one side's namespaces and its rights in the cluster, and waits until collectors are gone whose targets the next one shares. The rest
 * goes in its own time.
 */
export async function removeSide({ clients, ...side }: RemovedSide): Promise<void> {
  await Promise.all([...new Set(clients)].map((client) => removeFrom(client, side)));
}

/** What makes collectors. It goes first: a namespace is emptied only five seconds after it is deleted, and by then nothing holds it up. */
const collectorMakers = ['/apis/opentelemetry.io/v1beta1/namespaces/{namespace}/opentelemetrycollectors', '/apis/apps/v1/namespaces/{namespace}/daemonsets', '/apis/apps/v1/namespaces/{namespace}/statefulsets'];

async function removeFrom(client: KubeClient, { runId, name, sharesTargets, note }: Omit<RemovedSide, 'clients'>): Promise<void> {
  const namespace = sideNamespace(runId, name);
  const rbac = '/apis/rbac.authorization.k8s.io/v1';
  const paths = [
    ...[namespace, sideTargetsNamespace(runId, name), sideAppsNamespace(runId, name)].map((one) => `/api/v1/namespaces/${one}`),
    ...['collector', 'allocator'].flatMap((app) => [`${rbac}/clusterrolebindings/${namespace}-${app}`, `${rbac}/clusterroles/${namespace}-${app}`]),
  ];
  const collectors = selector(componentLabels(runId, 'collector'));
  try {
    await Promise.all(collectorMakers.map((path) => client.http.delete(path.replace('{namespace}', namespace), { params: { labelSelector: selector(labels(runId, 'collector')) } })));
    for (const path of paths) await client.http.delete(path);
    if (sharesTargets) await until(`collectors of ${name} gone`, async ({ saw, signal }) => {
      const left = await podsOf(client, namespace, collectors, signal);
      saw(`${left.length} left`);
      return left.length === 0 ? true : undefined;
    }, { timeoutMs: collectorsGoneTimeoutMs });
  } catch (error) {
    // Removal must not cost a finding: what is left goes with the cluster, and the note says so.
    note(`${name} could not be removed: ${String(error)}`);
  }
}
