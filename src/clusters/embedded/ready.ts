import { fileURLToPath } from 'node:url';
import type { V1Node, V1Pod } from '@kubernetes/client-node';
import PQueue from 'p-queue';
import { PlumblineError, lastCause } from '../../errors.ts';
import { command } from '../../processes/command.ts';
import { lastLinesOf, mustRun } from '../../processes/start.ts';
import type { StartedProcess } from '../../processes/start.ts';
import type { Step } from '../../run/context.ts';
import { until } from '../../run/wait.ts';
import { get, json } from '../kube-api.ts';
import { podLogs, podsOf } from '../kubernetes.ts';
import type { KubeClient } from '../kubernetes.ts';
import type { RunningNode } from './node.ts';

export interface ReadyWait {
  readonly client: KubeClient;
  /** Every process of the cluster: one that ends, ends the wait. */
  readonly processes: readonly StartedProcess[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly step: Pick<Step, 'note'>;
}

/** Waits until all nodes are Ready. @throws PlumblineError naming the first that isn't, and why */
export async function nodesReady(names: readonly string[], wait: ReadyWait): Promise<void> {
  let late = names[0];
  await until(`${names.length} nodes Ready`, async ({ saw, signal }) => {
    await Promise.all(wait.processes.map(mustRun));
    const { items } = json(await get(wait.client, '/api/v1/nodes', { signal })) as { items: V1Node[] };
    const causes = names.map((name) => ({ name, cause: unready(name, items.find((one) => one.metadata?.name === name)) })).filter((one) => one.cause !== undefined);
    if (causes.length === 0) return true;
    late = causes[0]?.name;
    saw(`${names.length - causes.length} of ${names.length}; ${causes[0]?.cause}`);
    return undefined;
  }, { ...wait, intervalMs: 250, lastLines: () => lastLinesOf(wait.processes.find((one) => one.name === `kubelet of ${late}`)?.logFile ?? '') });
}

/** Waits until the cluster's DNS answers on every node under its service address: pod, kube-proxy and routes together. */
export async function dnsAnswers(nodes: readonly RunningNode[], service: string, wait: ReadyWait): Promise<void> {
  const left = new Set(nodes);
  // A handful at a time: each question is a process of its own.
  const questions = new PQueue({ concurrency: 4 });
  await until('cluster DNS answering', async ({ saw, signal }) => {
    await Promise.all(wait.processes.map(mustRun));
    const [pod] = await podsOf(wait.client, 'kube-system', 'k8s-app=kube-dns', signal);
    if (!isReady(pod)) {
      saw(podCause(pod));
      return undefined;
    }
    await questions.addAll([...left].map((node) => () => askFrom(node, service, signal).then(() => left.delete(node))));
    return true;
  }, { ...wait, intervalMs: 250, lastLines: () => dnsLines(wait.client) });
}

async function dnsLines(client: KubeClient): Promise<readonly string[]> {
  const [pod] = await podsOf(client, 'kube-system', 'k8s-app=kube-dns');
  const log = await podLogs(client, 'kube-system', pod?.metadata?.name ?? '', { tailLines: 8 }).catch((thrown: unknown) => lastCause(thrown));
  return log.split('\n').filter(Boolean);
}

const askDns = fileURLToPath(new URL('./ask-dns.ts', import.meta.url));

async function askFrom(node: RunningNode, service: string, signal: AbortSignal): Promise<void> {
  const args = [`--net=/proc/${node.initPid}/ns/net`, process.execPath, askDns, service, 'kubernetes.default.svc.cluster.local'];
  await command('nsenter', args, { signal }).catch((thrown: unknown) => {
    signal.throwIfAborted();
    // Not the end of the wait: the node's kube-proxy may be a moment behind.
    throw new Error(`asked on ${node.name}: ${thrown instanceof PlumblineError ? thrown.problem.seen : lastCause(thrown)}`);
  });
}

/** Why a node isn't Ready, in the kubelet's words; undefined when it is. */
export function unready(name: string, node: V1Node | undefined): string | undefined {
  if (!node) return `${name} has not registered`;
  const ready = node.status?.conditions?.find((one) => one.type === 'Ready');
  return ready?.status === 'True' ? undefined : `${name}: ${ready?.message ?? 'no status yet'}`;
}

function isReady(pod: V1Pod | undefined): boolean {
  return pod?.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') ?? false;
}

function podCause(pod: V1Pod | undefined): string {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  const condition = pod?.status?.conditions?.find((one) => one.status !== 'True');
  return waiting ? `${waiting.reason}: ${waiting.message ?? ''}` : (condition?.message ?? 'its pod has no address yet');
}
