/** Who scrapes what, as the target allocator says it. Asks nothing of the collectors: see scrapes.ts and samples.ts. */
import { proxyGetJson } from '../src/clusters/kubernetes.ts';
import { allocatorPort } from '../src/components/allocator/manifests.ts';
import { targetJob } from '../src/components/target/scrape.ts';
import { placesOf } from '../src/platform/platform.ts';
import type { Platform, PodPlace } from '../src/platform/platform.ts';

/** A target's pod, by address, and the collectors it is assigned to. */
export type Assignments = ReadonlyMap<string, readonly string[]>;

interface TargetGroup { readonly targets: readonly string[] }

/**
 * Asks the allocator for the targets of every collector, as the collectors themselves do.
 * @returns collector pods by target address (`ip:port`)
 */
export async function assignments(platform: Platform, signal: AbortSignal): Promise<Assignments> {
  const collectors = await placesOf(platform, 'collector', signal);
  const [allocator] = await placesOf(platform, 'allocator', signal);
  if (!allocator) throw new Error('no allocator runs on this platform');
  const byTarget = new Map<string, string[]>();
  for (const collector of collectors) {
    for (const address of await targetsOf(platform, allocator, collector, signal)) {
      byTarget.set(address, [...(byTarget.get(address) ?? []), collector.pod]);
    }
  }
  return byTarget;
}

/** The collectors that one target's pod is assigned to, whatever its port. */
export function collectorsOf(target: PodPlace, assigned: Assignments): readonly string[] {
  return [...assigned].filter(([address]) => address.startsWith(`${target.address}:`)).flatMap(([, collectors]) => collectors);
}

async function targetsOf(platform: Platform, allocator: PodPlace, collector: PodPlace, signal: AbortSignal): Promise<readonly string[]> {
  const path = `/jobs/${targetJob}/targets?collector_id=${collector.pod}`;
  const groups = await proxyGetJson(platform.client, platform.namespace, 'pod', allocator.pod, allocatorPort, path, signal);
  return (groups as TargetGroup[]).flatMap((group) => group.targets);
}
