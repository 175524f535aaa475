/** A flow into one collector, looked at twice a second until its fate is known: the time line of a small node. */
import type { CoreV1Event, V1Node, V1Pod } from '@kubernetes/client-node';
import { groupMemory, nodeGroup } from '../src/clusters/embedded/node-memory.ts';
import type { NodeGroup } from '../src/clusters/embedded/node-memory.ts';
import { freeMemoryMiB } from '../src/clusters/free-memory.ts';
import { isReady } from '../src/clusters/is-ready.ts';
import { get, getIfThere, json } from '../src/clusters/kube-api.ts';
import type { KubeClient } from '../src/clusters/kube-api.ts';
import { proxyGet } from '../src/clusters/kubernetes.ts';
import { oomKills } from '../src/clusters/oom-log.ts';
import type { OomKill } from '../src/clusters/oom-log.ts';
import { collectorMetricsPort } from '../src/components/collector/manifests.ts';
import type { Tenant } from '../src/platform/platform.ts';
import { metricSum } from '../src/run/prometheus-text.ts';
import { until } from '../src/run/wait.ts';
import { fateSoFar, livingFate } from './collector-fate.ts';
import type { Fate, KernelWord, MemoryLook, OwnWord, PodState } from './collector-fate.ts';
import { flowNow } from './flows.ts';
import type { Flow } from './flows.ts';
import type { CollectorPod } from './fresh-collector.ts';

/** What was seen of a collector from the flow's first item to its fate. */
export interface MemoryLine {
  readonly looks: readonly MemoryLook[];
  readonly fate: Fate;
  /** What the kernel said; undefined where its log may not be read. */
  readonly kernel: readonly KernelWord[] | undefined;
}

const MiB = 1024 ** 2;

/** What a busy collector answers within; one that hangs does not. */
const answerMs = 1500;
const lookEveryMs = 500;

export interface WatchOptions {
  readonly timeoutMs: number;
  /** Milliseconds after the flow's end: what was taken in last shows a moment later. */
  readonly tailMs: number;
  /** Whether the look says enough, however the rest would go. */
  enough?(look: MemoryLook): boolean;
  readonly signal: AbortSignal;
  note(text: string): void;
}

/**
 * Looks until the collector's fate is known, or the flow has ended and `tailMs` are over.
 */
export async function watchMemory(tenant: Tenant, collector: CollectorPod, flow: Flow, options: WatchOptions): Promise<MemoryLine> {
  const group = await nodeGroup(tenant.client.kubeconfigPath ?? '', collector.node);
  const killedBefore = (await oomKills())?.at(-1)?.atSeconds ?? 0;
  const looks: MemoryLook[] = [];
  const words = async (): Promise<readonly KernelWord[] | undefined> => (await oomKills())?.filter(({ atSeconds }) => atSeconds > killedBefore).flatMap((kill) => wordOf(kill, collector, group));
  let endedAtMs: number | undefined;
  const fate = await until(`the fate of ${collector.pod}`, async ({ saw, signal }) => {
    const { look, running } = await lookAt(tenant, collector, flow, group, signal);
    looks.push(look);
    saw(lookText(look));
    const fixed = fateSoFar(looks, await words() ?? []);
    if (fixed) return fixed;
    if (options.enough?.(look)) return livingFate(looks);
    if (!running) endedAtMs ??= look.atMs;
    return endedAtMs !== undefined && look.atMs - endedAtMs >= options.tailMs && look.own ? livingFate(looks) : undefined;
  }, { timeoutMs: options.timeoutMs, intervalMs: lookEveryMs, signal: options.signal, step: options });
  return { looks, fate, kernel: await words() };
}

async function lookAt(tenant: Tenant, collector: CollectorPod, flow: Flow, group: NodeGroup | undefined, signal: AbortSignal): Promise<{ readonly look: MemoryLook; readonly running: boolean }> {
  const [progress, own, { state, restarts }, nodeReady, memory, hostFreeMiB = 0] = await Promise.all([
    flowNow(flow, signal), ownWord(tenant, collector.pod, signal), podNow(tenant, collector, signal), nodeIsReady(tenant, collector, signal), group && groupMemory(group), freeMemoryMiB(),
  ]);
  const node = memory && { usedMiB: mib(memory.used), anonymousMiB: mib(memory.anonymous), cacheMiB: mib(memory.cache) };
  const look = {
    atMs: Date.now() - progress.startedAtMs, ...(node ? { node } : {}), ...(own ? { own } : {}), accepted: progress.acceptedItems, refused: progress.sent - progress.acceptedItems,
    restarts, state, nodeReady, hostFreeMiB,
  };
  return { look, running: progress.running };
}

/** What a collector says of itself; undefined where it does not answer in time. */
export async function ownWord({ client, namespace }: Tenant, pod: string, signal: AbortSignal): Promise<OwnWord | undefined> {
  const at = AbortSignal.any([signal, AbortSignal.timeout(answerMs)]);
  const text = await proxyGet(client, namespace, 'pod', pod, collectorMetricsPort, '/metrics', at).catch(() => undefined);
  signal.throwIfAborted();
  if (text === undefined) return undefined;
  const sum = (name: RegExp): number => metricSum(text, name);
  return {
    rssMiB: mib(sum(/^otelcol_process_memory_rss/)), heapMiB: mib(sum(/^otelcol_process_runtime_heap_alloc/)),
    accepted: sum(/^otelcol_receiver_accepted_spans/), refused: sum(/^otelcol_receiver_refused_spans/), queued: sum(/^otelcol_exporter_queue_size/),
  };
}

async function podNow({ client, namespace }: Tenant, { pod, uid }: CollectorPod, signal: AbortSignal): Promise<{ readonly state: PodState; readonly restarts: number }> {
  const found = await getIfThere(client, `/api/v1/namespaces/${namespace}/pods/${pod}`, { signal }) as V1Pod | undefined;
  if (found?.metadata?.uid === uid) return { state: stateOf(found), restarts: found.status?.containerStatuses?.[0]?.restartCount ?? 0 };
  return { state: { is: 'gone', reason: await lastEvent(client, namespace, uid, signal) }, restarts: 0 };
}

/** Of a DaemonSet's pod that failed nothing is left a moment later: what became of it the events say. */
async function lastEvent(client: KubeClient, namespace: string, uid: string, signal: AbortSignal): Promise<string> {
  const { items } = json(await get(client, `/api/v1/namespaces/${namespace}/events`, { params: { fieldSelector: `involvedObject.uid=${uid}` }, signal })) as { items: readonly CoreV1Event[] };
  return items.some(({ reason }) => reason === 'Evicted') ? 'Evicted' : 'deleted';
}

/** A container that was ended and started again shows its end in its last state. */
function stateOf(pod: V1Pod): PodState {
  if (pod.status?.phase === 'Failed') return { is: 'gone', reason: pod.status.reason ?? 'Failed' };
  const status = pod.status?.containerStatuses?.[0];
  const ended = status?.state?.terminated ?? status?.lastState?.terminated;
  if (ended) return { is: 'ended', reason: ended.reason ?? '', exitCode: ended.exitCode };
  if (status?.state?.running) return { is: 'running', ready: status.ready };
  return { is: 'waiting', why: status?.state?.waiting?.reason ?? '' };
}

async function nodeIsReady({ client }: Tenant, { node }: CollectorPod, signal: AbortSignal): Promise<boolean> {
  return isReady(json(await get(client, `/api/v1/nodes/${node}`, { signal })) as V1Node);
}

function wordOf({ limitOf, chosenIn, process }: OomKill, { uid }: CollectorPod, group: NodeGroup | undefined): readonly KernelWord[] {
  // In a group's name a uid may have underscores in place of its dashes.
  const collector = chosenIn.replaceAll('_', '-').includes(uid);
  if (limitOf.replaceAll('_', '-').includes(uid)) return [{ limitOf: 'container', process, collector }];
  return collector || limitOf === group?.path ? [{ limitOf: 'node', process, collector }] : [];
}

function lookText({ node, own, accepted, refused, state }: MemoryLook): string {
  const memory = node ? `node ${node.usedMiB} MiB` : 'node unknown';
  return `${memory}, collector ${own ? `${own.rssMiB} MiB` : 'silent'}, ${accepted} spans taken, ${refused} refused${state.is === 'running' ? '' : `, ${state.is}`}`;
}

function mib(bytes: number): number {
  return Math.round(bytes / MiB);
}
