/** Outages of a node's collector and of its network. Pods on that node make them, so that they need no more than a cluster's API. */
import type { V1Pod } from '@kubernetes/client-node';
import { podsOf, proxyGet } from '../src/clusters/kubernetes.ts';
import { get, json } from '../src/clusters/kube-api.ts';
import { collectorMetricsPort } from '../src/components/collector/manifests.ts';
import type { Cut as CutSaid, Deed, Killed } from '../src/components/gate/hand.ts';
import { componentLabels, labels, selector } from '../src/components/labels.ts';
import { deedDone, startDeed } from '../src/platform/hands.ts';
import type { OnNode } from '../src/platform/hands.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { metricSum } from '../src/run/prometheus-text.ts';
import { until } from '../src/run/wait.ts';

/** When a node was cut off, milliseconds since the epoch by its own clock. */
export interface Cut extends CutSaid {
  readonly node: string;
}

interface Watching {
  readonly signal: AbortSignal;
  note(text: string): void;
}

/** A container that was killed and runs again; times in milliseconds since the epoch, by its node's clock. */
export interface KilledCollector {
  readonly pod: string;
  readonly node: string;
  readonly killedAtMs: number;
  /** As the kubelet has them: 137 and `Error` for SIGKILL, `OOMKilled` for the kernel's own. */
  readonly exitCode: number;
  readonly reason: string;
  readonly startedAgainAtMs: number;
}

/** From the kill until the kubelet has started the container again and found it Ready: 2 to 4 s, after an earlier exit 10 more. */
const restartTimeoutMs = 45_000;

/** A collector and what its exporters' queues hold, by its own gauge: items where the queue is counted in items, else requests. */
export interface CollectorQueue {
  readonly pod: string;
  readonly node: string;
  readonly queued: number;
}

/** The collectors that serve a tenant, the one with the fullest queues first. */
export async function collectorQueues(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<readonly CollectorQueue[]> {
  const pods = await podsOf(tenant.client, tenant.namespace, selector(componentLabels(platform.runId, 'collector')), signal);
  const queues = await Promise.all(pods.map(async ({ metadata, spec }) => {
    const pod = metadata?.name ?? '';
    const text = await proxyGet(tenant.client, tenant.namespace, 'pod', pod, collectorMetricsPort, '/metrics', signal);
    const queued = metricSum(text, /^otelcol_exporter_queue_size/);
    return { pod, node: spec?.nodeName ?? '', queued };
  }));
  return queues.toSorted((a, b) => b.queued - a.queued);
}

/** Kills a collector's process with SIGKILL and waits until the kubelet has started it again. @throws PlumblineError PL-OUTAGE-FAILED */
export async function killCollector(platform: Platform, tenant: Tenant, { pod, node }: Pick<CollectorQueue, 'pod' | 'node'>, watching: Watching): Promise<KilledCollector> {
  const path = `/api/v1/namespaces/${tenant.namespace}/pods/${pod}`;
  const look = async (signal: AbortSignal): Promise<V1Pod> => json(await get(tenant.client, path, { signal })) as V1Pod;
  const id = (await look(watching.signal)).status?.containerStatuses?.[0]?.containerID ?? '';
  const { atMs } = await done(platform, tenant, node, { kind: 'kill', containerId: id.replace(/^.*:\/\//, '') }, watching) as Killed;
  return until(`${pod} running again`, async ({ saw, signal }) => {
    const status = (await look(signal)).status?.containerStatuses?.[0];
    const [before, running] = [status?.lastState?.terminated, status?.state?.running];
    saw(status?.state?.waiting?.reason ?? (before ? 'started, not Ready yet' : 'not ended yet'));
    if (before?.containerID !== id || !running || status?.ready !== true) return undefined;
    return { pod, node, killedAtMs: atMs, exitCode: before.exitCode, reason: before.reason ?? '', startedAgainAtMs: Date.parse(String(running.startedAt)) };
  }, { timeoutMs: restartTimeoutMs, signal: watching.signal, step: watching });
}

/**
 * Cuts a node off for some seconds (at most 30), and waits until it is back: nothing leaves the node by the link of its default
 * route. It ends by itself, whatever becomes of this process. Meanwhile no pod of the node can be asked anything.
 * @throws PlumblineError PL-OUTAGE-FAILED
 */
export async function cutNetwork(platform: Platform, tenant: Tenant, node: string, seconds: number, watching: Watching): Promise<Cut> {
  return { node, ...await done(platform, tenant, node, { kind: 'cut', seconds }, watching) as CutSaid };
}

/** The node of the pod that sends a tenant's flows. */
export async function senderNode(platform: Platform, tenant: Tenant, signal: AbortSignal): Promise<string> {
  const [pod] = await podsOf(tenant.client, tenant.senderNamespace, selector(labels(platform.runId, 'sender')), signal);
  return pod?.spec?.nodeName ?? '';
}

async function done(platform: Platform, tenant: Tenant, node: string, deed: Deed, watching: Watching): Promise<unknown> {
  if (!platform.gate) throw new Error('outages of nodes are made by the gate\'s program: this platform has no gate');
  const at: OnNode = { client: tenant.client, runId: platform.runId, namespace: tenant.namespace, node };
  return deedDone(at, await startDeed(at, platform.gate, deed, watching.signal), deed, watching);
}
