/** What is scraped on a platform: pods, and each port of them. */
import { targetPort, targetPorts } from '../src/components/target/manifests.ts';
import { monitorJobs } from '../src/components/target/monitors.ts';
import { targetJob } from '../src/components/target/scrape.ts';
import { placesOf } from '../src/platform/platform.ts';
import type { Platform, PodPlace } from '../src/platform/platform.ts';

/** One target. */
export interface TargetPlace extends PodPlace {
  /** What it is called wherever targets are told apart: its pod's name, and its port where that is not the first. */
  readonly target: string;
  readonly port: number;
}

/** The name of the target at a port of a pod. */
export function targetName(pod: string, port: number): string {
  return port === targetPort ? pod : `${pod}:${port}`;
}

/** Every target of a platform, in the order of their pods and ports. */
export async function targetPlaces(platform: Platform, signal: AbortSignal): Promise<readonly TargetPlace[]> {
  const ports = targetPorts({ portsEach: platform.spec.targets?.portsEach ?? 1 });
  const pods = await placesOf(platform, 'target', signal);
  return pods.flatMap((place) => ports.map(({ port }) => ({ ...place, port, target: targetName(place.pod, port) })));
}

/** The jobs that they are scraped by, as the allocator names them. */
export function targetJobs({ spec: { targets }, namespace }: Pick<Platform, 'spec' | 'namespace'>): readonly string[] {
  if (!targets || targets.through === 'scrape-configs') return [targetJob];
  return monitorJobs(targets.through, namespace, targets.portsEach);
}
