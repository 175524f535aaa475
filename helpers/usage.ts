/** What the processes on a span's way take, by their own word: exact to the second, where the kubelet looks every ten seconds. */
import type { V1Pod } from '@kubernetes/client-node';
import { podsOf, proxyGet } from '../src/clusters/kubernetes.ts';
import type { KubeClient } from '../src/clusters/kubernetes.ts';
import { nodesOf, takesPods } from '../src/clusters/nodes.ts';
import type { BackendName } from '../src/components/backend.ts';
import { collectorMetricsPort } from '../src/components/collector/manifests.ts';
import { componentLabels, labels, selector } from '../src/components/labels.ts';
import { senderUsage } from '../src/components/sender/control.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { metricSum } from '../src/run/prometheus-text.ts';
import { bytesSaid } from '../src/run/quantity.ts';
import { backendNamed } from './flows.ts';

export interface PartUsage {
  readonly part: 'sender' | 'collector' | BackendName;
  /** Since its start; of all its pods together. */
  readonly cpuSeconds: number;
  /** Resident memory of its largest pod; of the sender the most that it ever had. */
  readonly memoryMb: number;
  /** What one of its pods may have at most; undefined where it is not bounded. */
  readonly limitMb?: number;
  /** Containers that were started again. */
  readonly restarts: number;
}

/** The sender, the collectors and one backend of a tenant, now. @throws KubeApiError where one of them does not answer */
export async function partsUsage(platform: Platform, tenant: Tenant, backend: BackendName, signal: AbortSignal): Promise<readonly PartUsage[]> {
  const { client, namespace } = backendNamed(platform, backend);
  const [sender, collector, stored] = await Promise.all([
    senderPart(tenant, signal),
    podsPart({ client: tenant.client, namespace: tenant.namespace, port: collectorMetricsPort }, componentLabels(platform.runId, 'collector'), signal),
    podsPart({ client, namespace, port: 'http' }, labels(platform.runId, backend), signal),
  ]);
  return [sender, { part: 'collector', ...collector }, { part: backend, ...stored }];
}

/** What all scraping collectors of a platform take together. */
export interface ScrapersUsage {
  /** Since their starts. */
  readonly cpuSeconds: number;
  /** Resident, MiB. */
  readonly memoryMiB: number;
}

/** @throws KubeApiError where one of them does not answer */
export async function scrapersUsage({ client, namespace, runId }: Platform, signal: AbortSignal): Promise<ScrapersUsage> {
  const texts = (await metricsOf({ client, namespace, port: collectorMetricsPort }, componentLabels(runId, 'collector'), signal)).map(({ text }) => text);
  return { cpuSeconds: sumOf(texts, cpu), memoryMiB: Math.round(sumOf(texts, memory) / 1024 ** 2) };
}

/** CPUs of the cluster that a tenant's collectors run in, over all its nodes. */
export async function nodeCpus({ client }: Pick<Tenant, 'client'>, signal: AbortSignal): Promise<number> {
  const nodes = (await nodesOf(client, signal)).filter(takesPods);
  return Math.max(...nodes.map(({ status }) => Number(status?.capacity?.['cpu'] ?? 0)));
}

async function senderPart({ client, senderNamespace }: Tenant, signal: AbortSignal): Promise<PartUsage> {
  const { cpuSeconds, peakMb } = await senderUsage({ client, namespace: senderNamespace }, signal);
  return { part: 'sender', cpuSeconds, memoryMb: peakMb, restarts: 0 };
}

interface Asked { readonly client: KubeClient; readonly namespace: string; readonly port: number | 'http' }

// The collector has names of its own, with their units or without, depending on its reader.
const cpu = /^(otelcol_)?process_cpu_seconds(_|$)/;
const memory = /^(process_resident_memory_bytes|otelcol_process_memory_rss)/;

async function podsPart(asked: Asked, of: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Omit<PartUsage, 'part'>> {
  const answers = await metricsOf(asked, of, signal);
  const limits = answers.flatMap(({ pod: { spec } }) => spec?.containers[0]?.resources?.limits?.['memory'] ?? []).map((quantity) => bytesSaid(quantity) / 1e6);
  return {
    cpuSeconds: sumOf(answers.map(({ text }) => text), cpu), memoryMb: Math.max(0, ...answers.map(({ text }) => metricSum(text, memory))) / 1e6,
    ...(limits.length > 0 ? { limitMb: Math.min(...limits) } : {}),
    restarts: answers.flatMap(({ pod: { status } }) => status?.containerStatuses ?? []).reduce((all, { restartCount }) => all + restartCount, 0),
  };
}

/** What each pod with these labels says of itself. */
async function metricsOf({ client, namespace, port }: Asked, of: Readonly<Record<string, string>>, signal: AbortSignal): Promise<readonly { readonly pod: V1Pod; readonly text: string }[]> {
  const pods = await podsOf(client, namespace, selector(of), signal);
  return Promise.all(pods.map(async (pod) => ({ pod, text: await proxyGet(client, namespace, 'pod', pod.metadata?.name ?? '', portOf(pod, port), '/metrics', signal) })));
}

function sumOf(texts: readonly string[], name: RegExp): number {
  return texts.reduce((all, text) => all + metricSum(text, name), 0);
}

/** Pods are asked by number: the proxy knows names of ports of services only. */
function portOf({ spec }: V1Pod, port: Asked['port']): number {
  return typeof port === 'number' ? port : spec?.containers[0]?.ports?.find(({ name }) => name === port)?.containerPort ?? 0;
}
