/** Nodes that join a platform's cluster and leave it, with targets that come with them. */
import type { Subject } from '../src/claims/claim.ts';
import { deleteObject, mergePatch } from '../src/clusters/kube-api.ts';
import { operated } from '../src/platform/collectors.ts';
import { placesOf } from '../src/platform/platform.ts';
import type { PodPlace } from '../src/platform/platform.ts';
import { rolledOut } from '../src/platform/rollout.ts';
import type { Workload } from '../src/platform/rollout.ts';
import { until } from '../src/run/wait.ts';

/**
 * Has the platform's cluster be of its first `count` nodes, with so many target pods on them, and resolves when nodes, targets and
 * collectors are Ready. Sides that are judged at the same time change their cluster once, together.
 * @throws Error where nodes cannot join: the platform has no spare ones
 */
export async function growTo(subject: Subject, count: number, targetPods: number): Promise<void> {
  const { platform, signal, note } = subject;
  const { changeNodes, client, targetsNamespace: namespace } = platform;
  if (!changeNodes || namespace === undefined) throw new Error('nodes of this platform do not join and leave, or nothing is scraped on it');
  const names = Array.from({ length: platform.spec.nodes + platform.spec.spareNodes }, (_, index) => `node-${index + 1}`);
  await subject.inStep(() => changeNodes({ join: names.slice(0, count), leave: names.slice(count) }));
  await mergePatch(client, `/apis/apps/v1/namespaces/${namespace}/deployments/target`, { spec: { replicas: targetPods } }, { signal });
  const workloads: readonly Workload[] = [{ client, namespace, kind: 'Deployment', name: 'target' }, { ...collectorsOfEachNode(subject), probedSeldom: true }];
  await Promise.all(workloads.map((workload) => rolledOut(workload, { signal, note })));
}

/** For its grace period, and the next one's start. */
const replacedTimeoutMs = 60_000;

/** Ends the scraping collector of a node at once, and resolves when the one that takes its place is Ready. @returns the one that ended */
export async function restartCollector(subject: Subject, node: string): Promise<PodPlace> {
  const { platform, signal, note } = subject;
  const collector = (await placesOf(platform, 'collector', signal)).find((one) => one.node === node);
  if (!collector) throw new Error(`no collector runs on ${node}`);
  await deleteObject(platform.client, `/api/v1/namespaces/${platform.namespace}/pods/${collector.pod}`, { signal });
  await until(`another collector on ${node}`, async () => {
    const now = await placesOf(platform, 'collector', signal);
    return now.some((one) => one.node === node && one.pod !== collector.pod) ? true : undefined;
  }, { timeoutMs: replacedTimeoutMs, signal, step: { note } });
  await rolledOut({ ...collectorsOfEachNode(subject), probedSeldom: true }, { signal, note });
  return collector;
}

function collectorsOfEachNode({ platform: { client, namespace, spec } }: Subject): Workload {
  return { client, namespace, kind: 'DaemonSet', name: spec.operator ? operated.daemonSet : 'collector' };
}
