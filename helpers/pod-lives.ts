/** Whether a part ran on without a restart: which pods it is, and how often their containers were started again. */
import { podsOf } from '../src/clusters/kubernetes.ts';
import type { KubeClient } from '../src/clusters/kubernetes.ts';
import type { BackendName } from '../src/components/backend.ts';
import { labels, selector } from '../src/components/labels.ts';
import type { Platform } from '../src/platform/platform.ts';
import { apps, appsOf } from './apps.ts';
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
  return livesOf(backend, platform.runId, name, signal);
}

/** The pods of a platform's apps as they are now. @throws Error where the platform has none */
export async function appLives(platform: Platform, signal: AbortSignal): Promise<readonly PodLife[]> {
  return (await Promise.all(apps.map((app) => livesOf(appsOf(platform), platform.runId, app, signal)))).flat();
}

interface At { readonly client: KubeClient; readonly namespace: string }

async function livesOf({ client, namespace }: At, runId: string, app: string, signal: AbortSignal): Promise<readonly PodLife[]> {
  const pods = await podsOf(client, namespace, selector(labels(runId, app)), signal);
  const lives = pods.map(({ metadata, status }) => ({
    pod: metadata?.name ?? '', uid: metadata?.uid ?? '',
    restarts: (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0),
  }));
  return lives.toSorted((a, b) => a.pod.localeCompare(b.pod));
}
