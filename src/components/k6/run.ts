import type { V1Pod } from '@kubernetes/client-node';
import type { KubeClient } from '../../clusters/kubernetes.ts';
import { apply, podLogs, podsOf } from '../../clusters/kubernetes.ts';
import { PlumblineError } from '../../errors.ts';
import { until } from '../../run/wait.ts';
import { labels, selector } from '../labels.ts';
import type { Place } from '../place.ts';
import { isWaiting, progressOf, release } from './control.ts';
import { exceptionIn, messagesOf } from './log.ts';
import { k6ConfigMapName, k6PodNames, k6Pods } from './manifests.ts';
import type { K6Run } from './manifests.ts';

export interface K6Load {
  readonly client: KubeClient;
  readonly place: Place;
  readonly run: K6Run;
  /** Of the test, without what comes before and after. */
  readonly seconds: number;
  readonly signal: AbortSignal;
  note(text: string): void;
}

export interface K6Ended {
  /** When all pods were released, and when the last one was seen to have ended; milliseconds since the epoch, by this machine's clock. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** By pod. */
  readonly logs: Readonly<Record<string, string>>;
}

/** Until every k6 has its script loaded and its VUs made: 2 s, a loaded machine takes longer. */
const startTimeoutMs = 90_000;

/** Beyond the test's own seconds: requests under way are waited for (15 s in shop.js), then the summary is written. */
const endTimeoutMs = 45_000;

const lastLinesShown = 20;

/** k6's exit codes (errext/exitcodes of 1.8.1) of a test that ran to its end; 99 is a threshold that was crossed. */
const wholeTests = [0, 99];

/** Those for which the script is to blame. */
const scriptCodes: Readonly<Record<number, string>> = {
  97: 'the test failed', 100: 'setup() took too long', 101: 'teardown() took too long', 104: 'its options are invalid', 107: 'an exception', 108: 'it aborted the test', 110: 'it failed the test',
};

/**
 * Starts k6 pods, releases them together and answers their logs once all have ended; then removes them.
 * @throws PlumblineError PL-LOAD-SCRIPT with a pod's last lines as soon as the script fails, PL-COMPONENT-EXITED where k6 itself does,
 *   PL-WAIT-TIMEOUT
 */
export async function runK6(load: K6Load): Promise<K6Ended> {
  const { client, place, run, signal } = load;
  try {
    await apply(client, k6Pods(place, run), signal);
    await allWaiting(load);
    const startedAtMs = Date.now();
    await Promise.all(k6PodNames(run).map((name) => release({ client, namespace: place.namespace, name }, signal)));
    await allEnded(load);
    const endedAtMs = Date.now();
    const logs = await Promise.all(k6PodNames(run).map(async (name) => [name, await podLogs(client, place.namespace, name, { signal })] as const));
    return { startedAtMs, endedAtMs, logs: Object.fromEntries(logs) };
  } finally {
    await remove(load);
  }
}

async function allWaiting(load: K6Load): Promise<void> {
  const { client, place, run } = load;
  await until(`load ${run.name} ready`, async ({ saw, signal }) => {
    await refuseFailed(load, await podsNow(load, signal));
    const waiting = await Promise.all(k6PodNames(run).map((name) => isWaiting({ client, namespace: place.namespace, name }, signal).catch(() => false)));
    saw(`${waiting.filter(Boolean).length} of ${run.pods} k6 pods ready`);
    return waiting.every(Boolean) || undefined;
  }, { timeoutMs: startTimeoutMs, signal: load.signal, step: load });
}

async function allEnded(load: K6Load): Promise<void> {
  const { client, place, run } = load;
  await until(`load ${run.name} sent`, async ({ saw, signal }) => {
    const pods = await podsNow(load, signal);
    await refuseFailed(load, pods);
    await refuseExceptions(load, signal);
    if (pods.length === run.pods && pods.every((pod) => exitCodeOf(pod) !== undefined)) return true;
    const progress = await Promise.all(k6PodNames(run).map((name) => progressOf({ client, namespace: place.namespace, name }, signal).catch(() => undefined)));
    const sum = (count: 'iterations' | 'dropped'): number => progress.reduce((all, one) => all + (one?.[count] ?? 0), 0);
    saw(`${sum('iterations')} requests done, ${sum('dropped')} dropped`);
    return undefined;
  }, { timeoutMs: load.seconds * 1000 + endTimeoutMs, intervalMs: 1000, signal: load.signal, step: load });
}

async function podsNow({ client, place, run }: K6Load, signal: AbortSignal): Promise<readonly V1Pod[]> {
  return podsOf(client, place.namespace, selector({ ...labels(place.runId, 'k6'), 'plumbline.dev/load': run.name }), signal);
}

function exitCodeOf(pod: V1Pod): number | undefined {
  return pod.status?.containerStatuses?.[0]?.state?.terminated?.exitCode;
}

async function refuseFailed(load: K6Load, pods: readonly V1Pod[]): Promise<void> {
  for (const pod of pods) {
    const code = exitCodeOf(pod);
    if (code === undefined || wholeTests.includes(code)) continue;
    const name = pod.metadata?.name ?? '';
    const log = await podLogs(load.client, load.place.namespace, name, { signal: load.signal });
    const reason = scriptCodes[code];
    throw failure(load, reason === undefined ? 'PL-COMPONENT-EXITED' : 'PL-LOAD-SCRIPT', `${name} exited with code ${code}${reason === undefined ? '' : `: ${reason}`}`, log);
  }
}

/** k6 goes on after an exception in an iteration, and ends with code 0. */
async function refuseExceptions(load: K6Load, signal: AbortSignal): Promise<void> {
  for (const name of k6PodNames(load.run)) {
    const log = await podLogs(load.client, load.place.namespace, name, { tailLines: lastLinesShown, signal });
    const exception = exceptionIn(log);
    if (exception !== undefined) throw failure(load, 'PL-LOAD-SCRIPT', `${name}: ${exception.split('\n')[0]}`, log);
  }
}

function failure({ run }: K6Load, code: 'PL-LOAD-SCRIPT' | 'PL-COMPONENT-EXITED', seen: string, log: string): PlumblineError {
  const next = code === 'PL-LOAD-SCRIPT' ? 'Mend the script: its own words are above; `k6 run` on your own machine says the same.' : 'Its last lines above say why.';
  return new PlumblineError({
    code, kind: code === 'PL-LOAD-SCRIPT' ? 'usage' : 'environment',
    expected: `${run.main} to run in k6 (load ${run.name})`, seen, next, lastLines: messagesOf(log).slice(-lastLinesShown),
  });
}

async function remove({ client, place, run }: K6Load): Promise<void> {
  const core = `/api/v1/namespaces/${place.namespace}`;
  const paths = [...k6PodNames(run).map((name) => `${core}/pods/${name}`), `${core}/configmaps/${k6ConfigMapName(run)}`];
  // What cannot be removed now goes with its namespace, and must not hide how the load ended.
  await Promise.all(paths.map((path) => client.http.delete(path).catch(() => undefined)));
}
