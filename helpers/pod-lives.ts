/** Whether a backend ran on without a restart: which pods it is, and how often their containers were started again. */
import { podsOf } from '../src/clusters/kubernetes.ts';
import type { BackendName } from '../src/components/backend.ts';
import { labels, selector } from '../src/components/labels.ts';
import type { Platform } from '../src/platform/platform.ts';
import { backendNamed } from './flows.ts';

/** A pod's identity: a pod that was replaced has another uid, a container that was started again a higher count. */
export interface PodLife {
  readonly pod: string;
  readonly uid: string;
  readonly restarts: number;
}

/** A backend's pods as they are now, by name. @throws Error where the platform has no such backend */
export async function podLives(platform: Platform, name: BackendName, signal: AbortSignal): Promise<readonly PodLife[]> {
  const backend = backendNamed(platform, name);
  const pods = await podsOf(backend.client, backend.namespace, selector(labels(platform.runId, name)), signal);
  const lives = pods.map(({ metadata, status }) => ({
    pod: metadata?.name ?? '', uid: metadata?.uid ?? '',
    restarts: (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
  }));
  return lives.toSorted((a, b) => a.pod.localeCompare(b.pod));
}
