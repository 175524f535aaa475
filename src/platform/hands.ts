import type { V1Pod } from '@kubernetes/client-node';
import { apply, podLogs } from '../clusters/kubernetes.ts';
import { get, json } from '../clusters/kube-api.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { handPod } from '../components/gate/hand.ts';
import type { Deed } from '../components/gate/hand.ts';
import { PlumblineError } from '../errors.ts';
import { until } from '../run/wait.ts';
import type { Watching } from './limits.ts';
import type { GatePlace } from './platform.ts';

/** Where a deed is done. */
export interface OnNode {
  readonly client: KubeClient;
  readonly runId: string;
  /** One that this run made. */
  readonly namespace: string;
  readonly node: string;
}

/** For the pod's start and, after a cut, until the kubelet has found the API server again: up to 15 s by its back-off. */
const besideMs = 60_000;

const nextName = { number: 0 };

/** Starts a deed on a node; it is done when `deedDone` answers. @returns the pod's name */
export async function startDeed({ client, runId, namespace, node }: OnNode, gate: GatePlace, deed: Deed, signal: AbortSignal): Promise<string> {
  nextName.number += 1;
  const name = `${deed.kind}-${process.pid}-${nextName.number}`;
  await apply(client, [handPod({ runId, namespace, image: await imageOf(gate, signal) }, name, node, deed)], signal);
  return name;
}

/**
 * Waits until a deed is done, and answers what its hand said of it.
 * @throws PlumblineError PL-OUTAGE-FAILED with the hand's own words
 */
export async function deedDone({ client, namespace, node }: OnNode, pod: string, deed: Deed, { signal, note }: Watching): Promise<unknown> {
  const lasts = deed.kind === 'cut' ? deed.seconds * 1000 : 0;
  await until(`${pod} done on ${node}`, async (look) => {
    const { status } = json(await get(client, `/api/v1/namespaces/${namespace}/pods/${pod}`, { signal: look.signal })) as V1Pod;
    look.saw(status?.phase ?? 'not there yet');
    const container = status?.containerStatuses?.[0];
    const ended = container?.state?.terminated ?? container?.lastState?.terminated;
    if (ended && ended.exitCode !== 0) throw await failed(client, namespace, pod, deed);
    return status?.phase === 'Succeeded' ? true : undefined;
  }, { timeoutMs: lasts + besideMs, signal, step: { note } });
  return JSON.parse(await podLogs(client, namespace, pod, { signal })) as unknown;
}

async function failed(client: KubeClient, namespace: string, pod: string, deed: Deed): Promise<PlumblineError> {
  const log = await podLogs(client, namespace, pod).catch(() => '');
  return new PlumblineError({
    code: 'PL-OUTAGE-FAILED', kind: 'environment', expected: `an outage on a node (${deed.kind}), by pod ${namespace}/${pod}`, seen: 'it was not allowed, or there was nothing to do it to',
    lastLines: log.trimEnd().split('\n'), next: 'Its last lines above say why; pods that see their node\'s processes and network must be allowed in this cluster.',
  });
}

/** The gate's image is on every node that a deed can be done on: it is brought along with the collectors'. */
async function imageOf({ client, namespace }: GatePlace, signal: AbortSignal): Promise<string> {
  const { spec } = json(await get(client, `/apis/apps/v1/namespaces/${namespace}/deployments/gate`, { signal })) as { spec: { template: V1Pod } };
  const image = spec.template.spec?.containers[0]?.image;
  if (image === undefined) throw new Error('the gate has no image');
  return image;
}
