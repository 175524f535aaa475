import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { podLogs, podsOf } from '../clusters/kubernetes.ts';
import { KubeApiError, get, json } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { selector } from '../components/labels.ts';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';
import { touchPod } from './touch.ts';

export interface Workload {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly kind: 'Deployment' | 'DaemonSet';
  readonly name: string;
  /** Of a workload that somebody else makes: what that one says of its not being there yet, if anything. */
  absent?(signal: AbortSignal): Promise<string | undefined>;
  /** Its readiness probe is somebody else's and comes too seldom: it is asked for whenever a pod has just started. */
  readonly probedSeldom?: true;
}

/** Bounds the start of one workload whose image the nodes already have. Typical is 2 to 6 s; a loaded machine takes longer. */
const rolloutTimeoutMs = 120_000;

/** An exit at start may be a race with something that is not up yet; the third is the component's own. */
const exitsThatCount = 2;

const lastLinesShown = 20;

/** Longer than the pause of ten seconds before a second restart, after which there are lines again. */
const logTimeoutMs = 15_000;

interface WorkloadStatus {
  readonly metadata: { readonly generation?: number };
  readonly spec: { readonly replicas?: number; readonly selector: { readonly matchLabels: Record<string, string> } };
  readonly status?: Record<string, number | undefined>;
}

/** Waits until every pod of a workload is Ready in its newest form, and gives up at once on one that keeps exiting. */
export async function rolledOut(workload: Workload, options: { signal: AbortSignal; note(text: string): void }): Promise<void> {
  await until(`${workload.name} Ready in ${workload.namespace}`, async ({ saw, signal }) => {
    const now = await statusOf(workload, signal);
    if (!now) {
      saw((await workload.absent?.(signal)) ?? `no ${workload.kind} ${workload.name} yet`);
      return undefined;
    }
    const { ready, wanted } = progress(workload.kind, now);
    if (wanted !== undefined && ready === wanted) return true;
    const pods = await podsOf(workload.client, workload.namespace, selector(now.spec.selector.matchLabels), signal);
    await refuseExits(workload, pods);
    if (workload.probedSeldom) await probeNow(workload, pods, signal);
    saw(`${ready} of ${wanted ?? '?'} ${workload.name} pods Ready${firstReason(pods)}`);
    return undefined;
  }, { timeoutMs: rolloutTimeoutMs, signal: options.signal, step: options });
}

/** A probe that came a moment too early is repeated after its period, ten seconds by default; for a changed pod at once. */
async function probeNow({ client, namespace }: Workload, pods: readonly V1Pod[], signal: AbortSignal): Promise<void> {
  const started = pods.filter(({ status }) => status?.containerStatuses?.some(({ ready, state }) => !ready && state?.running));
  await Promise.all(started.map(({ metadata }) => touchPod(client, namespace, metadata?.name ?? '', signal)));
}

/** Undefined where there is none yet. */
async function statusOf({ client, namespace, kind, name }: Workload, signal: AbortSignal): Promise<WorkloadStatus | undefined> {
  try {
    return json(await get(client, `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`, { signal })) as WorkloadStatus;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** `wanted` is undefined while the controller has not seen the newest form yet. */
function progress(kind: Workload['kind'], { metadata, spec, status }: WorkloadStatus): { ready: number; wanted: number | undefined } {
  const current = (status?.['observedGeneration'] ?? 0) >= (metadata.generation ?? 1);
  const [wanted, updated, available] = kind === 'DaemonSet'
    ? [status?.['desiredNumberScheduled'] || undefined, status?.['updatedNumberScheduled'], status?.['numberReady']]
    : [spec.replicas ?? 1, status?.['updatedReplicas'], status?.['readyReplicas']];
  return { ready: Math.min(updated ?? 0, available ?? 0), wanted: current ? wanted : undefined };
}

async function refuseExits(workload: Workload, pods: readonly V1Pod[]): Promise<void> {
  for (const pod of pods) {
    const exited = pod.status?.containerStatuses?.find((one) => one.restartCount >= exitsThatCount && !one.ready);
    if (exited) throw await exitError(workload, pod, exited);
  }
}

async function exitError(workload: Workload, pod: V1Pod, container: V1ContainerStatus): Promise<PlumblineError> {
  const name = pod.metadata?.name ?? '';
  const end = container.lastState?.terminated;
  const log = await lastLog(workload, name);
  return new PlumblineError({
    code: 'PL-COMPONENT-EXITED', kind: 'environment',
    expected: `${workload.name} to stay up (pod ${workload.namespace}/${name})`,
    seen: `exited ${container.restartCount} times, last with code ${end?.exitCode ?? '?'} (${end?.reason ?? 'no reason given'})`,
    lastLines: log.trimEnd().split('\n'),
    next: 'Its last lines above say why; with --keep=on-failure the cluster stays for a look.',
  });
}

/**
 * What the pod printed last. The kubelet removes ended containers while it starts the next one, and then answers a
 * sentence in place of a log; which of the two runs has lines left changes from moment to moment.
 */
async function lastLog({ client, namespace }: Workload, pod: string): Promise<string> {
  const log = until(`a log of ${pod}`, async () => {
    for (const previous of [false, true]) {
      const text = await podLogs(client, namespace, pod, { previous, tailLines: lastLinesShown }).catch(() => '');
      if (text !== '' && !text.startsWith('unable to retrieve container logs')) return text;
    }
    return undefined;
  }, { timeoutMs: logTimeoutMs });
  return log.catch(() => '');
}

function firstReason(pods: readonly V1Pod[]): string {
  for (const pod of pods) {
    const waiting = pod.status?.containerStatuses?.find((one) => one.state?.waiting)?.state?.waiting;
    if (waiting?.reason && waiting.reason !== 'ContainerCreating') return `: ${waiting.reason} ${waiting.message ?? ''}`.trimEnd();
    const unscheduled = pod.status?.conditions?.find((one) => one.type === 'PodScheduled' && one.status === 'False');
    if (unscheduled?.message) return `: ${unscheduled.message}`;
  }
  return '';
}
