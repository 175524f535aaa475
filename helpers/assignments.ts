/** Who scrapes what, as the target allocator says it. Asks nothing of the collectors: see scrapes.ts and samples.ts. */
import { proxyGetJson } from '../src/clusters/kubernetes.ts';
import { allocatorPort } from '../src/components/allocator/manifests.ts';
import { placesOf } from '../src/platform/platform.ts';
import type { Platform, PodPlace } from '../src/platform/platform.ts';
import { targetJobs } from './targets.ts';

/** A target's pod, by address, and the collectors it is assigned to. */
export type Assignments = ReadonlyMap<string, readonly string[]>;

interface TargetGroup { readonly targets: readonly string[] }

/**
 * Asks the allocator for the targets of every collector, as the collectors themselves do.
 * @param jobs those of the platform's target pods where left out
 * @returns collector pods by target address (`ip:port`)
 */
export async function assignments(platform: Platform, signal: AbortSignal, jobs = targetJobs(platform)): Promise<Assignments> {
  const collectors = await placesOf(platform, 'collector', signal);
  const allocator = await allocatorOf(platform, signal);
  const byTarget = new Map<string, string[]>();
  for (const { pod } of collectors) for (const job of jobs) {
    const groups = await ask(platform, allocator, `${jobPath(job)}?collector_id=${pod}`, signal) as TargetGroup[];
    for (const address of groups.flatMap(({ targets }) => targets)) byTarget.set(address, [...(byTarget.get(address) ?? []), pod]);
  }
  return byTarget;
}

/** The collectors that one target is assigned to; of a pod without a port, whatever its port. */
export function collectorsOf(target: PodPlace & { readonly port?: number }, assigned: Assignments): readonly string[] {
  return [...assigned].filter(([address]) => (target.port === undefined ? address.startsWith(`${target.address}:`) : address === `${target.address}:${target.port}`)).flatMap(([, collectors]) => collectors);
}

/** All that the allocator has given to whom. */
export interface Allocation {
  /** Name of the allocator's pod. */
  readonly allocator: string;
  /** Addresses of targets by the collectors that it knows, those without any among them. */
  readonly byCollector: ReadonlyMap<string, readonly string[]>;
}

/** Asks the allocator for all of the targets' jobs at once. @throws KubeApiError, Error while no allocator runs */
export async function allocation(platform: Platform, signal: AbortSignal): Promise<Allocation> {
  const allocator = await allocatorOf(platform, signal);
  const byCollector = new Map<string, string[]>();
  for (const job of targetJobs(platform)) {
    const answer = await ask(platform, allocator, jobPath(job), signal) as Record<string, { readonly targets: readonly TargetGroup[] | null }>;
    for (const [collector, { targets }] of Object.entries(answer)) {
      byCollector.set(collector, [...(byCollector.get(collector) ?? []), ...(targets ?? []).flatMap((group) => group.targets)]);
    }
  }
  return { allocator: allocator.pod, byCollector };
}

/** Of the allocator itself, not of what it hands out. */
export async function allocatorOf(platform: Platform, signal: AbortSignal): Promise<PodPlace> {
  const [allocator] = await placesOf(platform, 'allocator', signal);
  if (!allocator) throw new Error('no allocator runs on this platform');
  return allocator;
}

/** The API server's proxy takes one layer of escapes off the path, and the allocator the other: a monitor's job has slashes in its name. */
function jobPath(job: string): string {
  return `/jobs/${encodeURIComponent(encodeURIComponent(job))}/targets`;
}

function ask(platform: Platform, allocator: PodPlace, path: string, signal: AbortSignal): Promise<unknown> {
  return proxyGetJson(platform.client, platform.namespace, 'pod', allocator.pod, allocatorPort, path, signal);
}
