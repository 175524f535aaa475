import type { V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { podsOf } from '../clusters/kubernetes.ts';
import { isReady } from '../clusters/is-ready.ts';
import { getIfThere } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { selector } from '../components/labels.ts';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';
import { endedLogLines, lastLogLines, logTimeoutMs } from './last-lines.ts';
import { touchPod } from './touch.ts';

export interface Workload {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly kind: 'Deployment' | 'DaemonSet' | 'StatefulSet';
  readonly name: string;
  /** Of a workload that somebody else makes: what that one says of its not being there yet, if anything. */
  absent?(signal: AbortSignal): Promise<string | undefined>;
  /** Milliseconds until it has to be Ready. Default: two minutes. */
  readonly timeoutMs?: number;
  /** Its readiness probe is somebody else's and comes too seldom: it is asked for whenever a pod has just started. */
  readonly probedSeldom?: true;
  /** Throws where one of its pods is not what it should be, Ready or not. */
  refuse?(workload: Workload, pods: readonly V1Pod[], signal: AbortSignal): Promise<void>;
}

/** Bounds the start of one workload whose image the nodes already have. Typical is 2 to 6 s; a loaded machine takes longer. */
const rolloutTimeoutMs = 120_000;

/** An exit at start may be a race with something that is not up yet; the third is the component's own. */
const exitsThatCount = 2;

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
    if (wanted === 0) {
      saw(workload.kind === 'DaemonSet' ? `no node that ${workload.name} may run on` : `${workload.name} is to have no pods yet`);
      return undefined;
    }
    const pods = await podsOf(workload.client, workload.namespace, selector(now.spec.selector.matchLabels), signal);
    await workload.refuse?.(workload, pods, signal);
    if (wanted !== undefined && ready === wanted) return true;
    await refuseExits(workload, pods);
    if (workload.probedSeldom) await probeNow(workload, pods, signal);
    saw(`${ready} of ${wanted ?? '?'} ${workload.name} pods Ready${firstReason(pods) || await sayingOf(workload, pods)}`);
    return undefined;
  }, { timeoutMs: workload.timeoutMs ?? rolloutTimeoutMs, signal: options.signal, step: options, lastLines: () => lastLinesOf(workload) });
}

/** A pod that runs and is not Ready after this time says why in its log, if anywhere. */
const silenceMs = 10_000;

/** The last line of the first pod that has run for a while and is not Ready. */
async function sayingOf({ client, namespace }: Workload, pods: readonly V1Pod[]): Promise<string> {
  const slow = unready(pods).find(({ status }) => status?.containerStatuses?.some(({ state }) => Date.now() - Date.parse(String(state?.running?.startedAt)) > silenceMs));
  if (!slow) return '';
  const [line] = (await lastLogLines({ client, namespace }, slow)).slice(-1);
  return line === undefined ? '' : `: ${slow.metadata?.name} last said: ${line}`;
}

/** What the first pod that is not Ready printed last. */
async function lastLinesOf(workload: Workload): Promise<readonly string[]> {
  const now = await statusOf(workload, AbortSignal.timeout(logTimeoutMs)).catch(() => undefined);
  if (!now) return [];
  const [pod] = unready(await podsOf(workload.client, workload.namespace, selector(now.spec.selector.matchLabels)));
  return pod ? lastLogLines(workload, pod) : [];
}

function unready(pods: readonly V1Pod[]): readonly V1Pod[] {
  return pods.filter((pod) => !isReady(pod));
}

/** A probe that came a moment too early is repeated after its period, ten seconds by default; for a changed pod at once. */
async function probeNow({ client, namespace }: Workload, pods: readonly V1Pod[], signal: AbortSignal): Promise<void> {
  const started = pods.filter(({ status }) => status?.containerStatuses?.some(({ ready, state }) => !ready && state?.running));
  await Promise.all(started.map(({ metadata }) => touchPod(client, namespace, metadata?.name ?? '', signal)));
}

/** Undefined where there is none yet. */
async function statusOf({ client, namespace, kind, name }: Workload, signal: AbortSignal): Promise<WorkloadStatus | undefined> {
  return await getIfThere(client, `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`, { signal }) as WorkloadStatus | undefined;
}

/** `wanted` is undefined while the controller has not seen the newest form yet. */
function progress(kind: Workload['kind'], { metadata, spec, status }: WorkloadStatus): { ready: number; wanted: number | undefined } {
  const current = (status?.['observedGeneration'] ?? 0) >= (metadata.generation ?? 1);
  const [wanted, updated, available] = kind === 'DaemonSet'
    ? [status?.['desiredNumberScheduled'], status?.['updatedNumberScheduled'], status?.['numberReady']]
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
  return new PlumblineError({
    code: 'PL-COMPONENT-EXITED', kind: 'environment',
    expected: `${workload.name} to stay up (pod ${workload.namespace}/${name})`,
    seen: `exited ${container.restartCount} times, last with code ${end?.exitCode ?? '?'} (${end?.reason ?? 'no reason given'})`,
    lastLines: await endedLogLines(workload, name),
    next: 'Its last lines above say why; with --keep=on-failure the cluster stays for a look.',
  });
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
