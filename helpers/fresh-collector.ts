/** The one collector of a small node, started anew under conditions that decide how it ends. */
import type { V1Pod } from '@kubernetes/client-node';
import { mergePatch } from '../src/clusters/kube-api.ts';
import { podsOf } from '../src/clusters/kubernetes.ts';
import { nodeGroup, settlePageCache } from '../src/clusters/embedded/node-memory.ts';
import type { PageCacheOwner } from '../src/clusters/embedded/node-memory.ts';
import { collectorProgram } from '../src/components/collector/image.ts';
import { collectorProbes } from '../src/components/collector/manifests.ts';
import { memoryResources, onNode } from '../src/components/kit.ts';
import { componentLabels, selector } from '../src/components/labels.ts';
import { rolledOut } from '../src/platform/rollout.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { until } from '../src/run/wait.ts';

export type { PageCacheOwner } from '../src/clusters/embedded/node-memory.ts';

/** What a collector is started under. */
export interface StartConditions {
  /** Who pays for the pages of its program; left out: whoever does. */
  readonly pageCache?: PageCacheOwner;
  /** Whether the kubelet asks it if it is well, and starts it again where it is not. */
  readonly probes: boolean;
  /** In place of what its platform gives it, MiB: request and limit, and GOMEMLIMIT. */
  readonly memory?: { readonly limit: number; readonly goMemLimit: number };
}

/** A collector's pod. */
export interface CollectorPod {
  readonly pod: string;
  readonly uid: string;
  readonly node: string;
}

interface Watching {
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** For a pod's end: its grace period and what the kubelet takes beside it. */
const goneTimeoutMs = 60_000;

/** No node has it. */
const nowhere = { 'plumbline.dev/held-back': 'until-the-node-is-prepared' };

/**
 * Ends the only collector of a platform, prepares its node, and starts it again. Of collectors that are plain objects: an operator
 * would put back what is changed here.
 */
export async function freshCollector(platform: Platform, tenant: Tenant, node: string, conditions: StartConditions, watching: Watching): Promise<CollectorPod> {
  const { client, namespace } = tenant;
  await patchCollectors(tenant, { nodeSelector: nowhere });
  await until('the collector gone', async ({ saw, signal }) => {
    const left = await collectorPods(platform, tenant, signal);
    saw(`${left.length} left`);
    return left.length === 0 ? true : undefined;
  }, { timeoutMs: goneTimeoutMs, signal: watching.signal, step: watching });
  if (conditions.pageCache !== undefined) await preparePages(tenant, node, conditions.pageCache);
  await patchCollectors(tenant, { nodeSelector: null, affinity: onNode(node), containers: [{ name: 'collector', ...probesOf(conditions), ...memoryOf(conditions) }] });
  await rolledOut({ client, namespace, kind: 'DaemonSet', name: 'collector' }, watching);
  return onlyCollector(platform, tenant, watching.signal);
}

function probesOf({ probes }: StartConditions): object {
  return probes ? collectorProbes : { livenessProbe: null, readinessProbe: null };
}

function memoryOf({ memory }: StartConditions): object {
  if (!memory) return {};
  const { limit, goMemLimit } = memory;
  return { resources: memoryResources({ request: limit, limit }, 20), env: [{ name: 'GOMEMLIMIT', value: `${goMemLimit}MiB` }] };
}

/** The collector of a platform that has one, as it runs. */
export async function onlyCollector(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<CollectorPod> {
  const [pod] = await collectorPods(platform, tenant, signal);
  if (!pod) throw new Error('this platform has no collector');
  return { pod: pod.metadata?.name ?? '', uid: pod.metadata?.uid ?? '', node: pod.spec?.nodeName ?? '' };
}

/** Of a tenant's namespace. */
export async function collectorPods(platform: Platform, { client, namespace }: Tenant, signal: AbortSignal): Promise<readonly V1Pod[]> {
  return podsOf(client, namespace, selector(componentLabels(platform.runId, 'collector')), signal);
}

async function preparePages({ client }: Tenant, node: string, owner: PageCacheOwner): Promise<void> {
  const group = await nodeGroup(client.kubeconfigPath ?? '', node);
  if (!group) throw new Error(`the pages of ${node} are not this machine's`);
  await settlePageCache(group, collectorProgram, owner);
}

async function patchCollectors({ client, namespace }: Tenant, podSpec: object): Promise<void> {
  await mergePatch(client, `/apis/apps/v1/namespaces/${namespace}/daemonsets/collector`, { spec: { template: { spec: podSpec } } }, { strategic: true });
}
