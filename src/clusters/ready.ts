import type { V1Node, V1Pod } from '@kubernetes/client-node';
import PQueue from 'p-queue';
import { PlumblineError, lastCause } from '../errors.ts';
import type { Step } from '../run/context.ts';
import { until } from '../run/wait.ts';
import { isReady } from './is-ready.ts';
import { get, json } from './kube-api.ts';
import { podLogs, podsOf } from './kubernetes.ts';
import type { KubeClient } from './kubernetes.ts';

/** When a cluster is ready, for every provider that makes one. */
export interface ReadyWait {
  readonly client: KubeClient;
  /** Milliseconds that each of the waits takes at most. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly step: Pick<Step, 'note'>;
  /** Throws a PlumblineError where waiting is in vain: something that the cluster is made of has ended. */
  readonly mustRun?: () => Promise<unknown>;
  /** What a node that is not Ready said last; asked for only when the wait fails. */
  readonly nodeLines?: (node: string) => Promise<readonly string[]>;
}

/** Asks for an address of a name of the cluster's own, from one of its nodes. */
export interface DnsQuestion {
  readonly node: string;
  /** @throws Error where there is no answer yet */
  ask(signal: AbortSignal): Promise<unknown>;
}

/** A name that every cluster has. */
export const knownName = 'kubernetes.default.svc.cluster.local';

/** Waits until all nodes are Ready. @throws PlumblineError naming the first that isn't, and why */
export async function nodesReady(names: readonly string[], wait: ReadyWait): Promise<void> {
  let late = names[0] ?? '';
  await until(`${names.length} nodes Ready`, async ({ saw, signal }) => {
    await wait.mustRun?.();
    const { items } = json(await get(wait.client, '/api/v1/nodes', { signal })) as { items: V1Node[] };
    const causes = names.map((name) => ({ name, cause: unready(name, items.find((one) => one.metadata?.name === name)) })).filter((one) => one.cause !== undefined);
    if (causes.length === 0) return true;
    late = causes[0]?.name ?? late;
    saw(`${names.length - causes.length} of ${names.length}; ${causes[0]?.cause}`);
    return undefined;
  }, { ...wait, intervalMs: 250, lastLines: () => wait.nodeLines?.(late) ?? [] });
}

/** Waits until the cluster's DNS answers on every node under its service address: pod, kube-proxy and routes together. */
export async function dnsAnswers(questions: readonly DnsQuestion[], wait: ReadyWait): Promise<void> {
  const left = new Set(questions);
  // A handful at a time: each question is a process of its own.
  const queue = new PQueue({ concurrency: 4 });
  await until('cluster DNS answering', async ({ saw, signal }) => {
    await wait.mustRun?.();
    const [pod] = await podsOf(wait.client, 'kube-system', 'k8s-app=kube-dns', signal);
    if (!pod || !isReady(pod)) {
      saw(podCause(pod));
      return undefined;
    }
    await queue.addAll([...left].map((question) => () => answered(question, signal).then(() => left.delete(question))));
    return true;
  }, { ...wait, intervalMs: 250, lastLines: () => dnsLines(wait.client) });
}

async function answered({ node, ask }: DnsQuestion, signal: AbortSignal): Promise<void> {
  await ask(signal).catch((thrown: unknown) => {
    signal.throwIfAborted();
    // Not the end of the wait, whatever it is: the node's kube-proxy may be a moment behind.
    throw new Error(`asked on ${node}: ${thrown instanceof PlumblineError ? thrown.problem.seen : lastCause(thrown)}`);
  });
}

async function dnsLines(client: KubeClient): Promise<readonly string[]> {
  const [pod] = await podsOf(client, 'kube-system', 'k8s-app=kube-dns');
  const log = await podLogs(client, 'kube-system', pod?.metadata?.name ?? '', { tailLines: 8 }).catch((thrown: unknown) => lastCause(thrown));
  return log.split('\n').filter(Boolean);
}

/** Why a node isn't Ready, in the kubelet's words; undefined when it is. */
export function unready(name: string, node: V1Node | undefined): string | undefined {
  if (!node) return `${name} has not registered`;
  const ready = node.status?.conditions?.find((one) => one.type === 'Ready');
  return ready?.status === 'True' ? undefined : `${name}: ${ready?.message ?? 'no status yet'}`;
}

function podCause(pod: V1Pod | undefined): string {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  const condition = pod?.status?.conditions?.find((one) => one.status !== 'True');
  return waiting ? `${waiting.reason}: ${waiting.message ?? ''}` : (condition?.message ?? 'its pod has no address yet');
}
