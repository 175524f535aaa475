import type { V1Pod } from '@kubernetes/client-node';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { podsOf } from '../clusters/kubernetes.ts';
import { labels, selector } from '../components/labels.ts';
import type { PlatformSpec } from './spec.ts';

/** A platform that runs: everything that was asked for is Ready. */
export interface Platform {
  readonly spec: PlatformSpec;
  readonly runId: string;
  readonly client: KubeClient;
  /** Collector and allocator; every side of every claim has its own. */
  readonly namespace: string;
  /** Shared by the sides that ask for the same number of targets, unless sides are kept. */
  readonly targetsNamespace: string;
  readonly mimirNamespace?: string;
  /** What this platform's collectors write as X-Scope-OrgID; no other side writes it. */
  readonly tenant: string;
}

/** Namespace of a side's own collectors and allocator. */
export function sideNamespace(runId: string, name: string): string {
  return `pl-${runId}-${name}`;
}

/** Namespace of a side's targets, where it does not share them. */
export function sideTargetsNamespace(runId: string, name: string): string {
  return `${sideNamespace(runId, name)}-targets`;
}

/** A pod where a claim needs to know which one it was. */
export interface PodPlace {
  readonly pod: string;
  readonly node: string;
  readonly address: string;
}

/** Pods of a component, running now, in the order of their names. */
export async function placesOf(platform: Platform, app: 'collector' | 'allocator' | 'target' | 'mimir', signal?: AbortSignal): Promise<readonly PodPlace[]> {
  const namespace = { target: platform.targetsNamespace, mimir: platform.mimirNamespace, collector: platform.namespace, allocator: platform.namespace }[app];
  if (namespace === undefined) return [];
  const pods = await podsOf(platform.client, namespace, selector(labels(platform.runId, app)), signal);
  return pods.filter(isRunning).map(placeOf).toSorted((a, b) => a.pod.localeCompare(b.pod));
}

function isRunning(pod: V1Pod): boolean {
  return pod.status?.phase === 'Running' && pod.metadata?.deletionTimestamp === undefined;
}

function placeOf(pod: V1Pod): PodPlace {
  return { pod: pod.metadata?.name ?? '', node: pod.spec?.nodeName ?? '', address: pod.status?.podIP ?? '' };
}
