import type { KubernetesObject, V1ContainerStatus, V1Pod } from '@kubernetes/client-node';
import { PlumblineError } from '../errors.ts';
import type { Step } from '../run/context.ts';
import { runLabel } from '../run/run-label.ts';
import { until } from '../run/wait.ts';
import { apply, podsOf } from './kubernetes.ts';
import type { KubeClient } from './kubernetes.ts';

export interface Pull {
  readonly client: KubeClient;
  readonly runId: string;
  /** Names of nodes. */
  readonly nodes: readonly string[];
  /** What images are called, and how they are pulled: `collector 0.131.0` to its reference. */
  readonly images: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  readonly step: Pick<Step, 'note'>;
  /** Milliseconds that a node may fail at one image, which it tries again by itself. Default: a minute. */
  readonly patienceMs?: number;
}

/** Milliseconds for all images of a platform: 1 GB at 10 Mbit/s. */
const pullTimeoutMs = 15 * 60_000;

/** A registry that does not answer once may the next time: the kubelet tries three times in it. */
const usualPatienceMs = 60_000;

/** Two pulls of one run do not meet in a namespace, which takes its time to go. */
let pulls = 0;

/**
 * Has nodes pull images before anything is judged, which would otherwise be measured as the start of a component. A pod a node names all of
 * them, and a program that none of them has: what cannot be started has been pulled.
 *
 * @throws PlumblineError PL-IMAGE-NOT-PULLED with the node's own words
 */
export async function pullImages(pull: Pull): Promise<void> {
  const { client, runId, nodes, images, signal, step } = pull;
  const namespace = `pl-${runId}-pull-${(pulls += 1)}`;
  try {
    await apply(client, objects(pull, namespace), signal);
    const failures: Failures = new Map();
    await until(`${images.size} images on ${nodes.length} nodes`, async ({ saw, signal: look }) => {
      const seen = await podsOf(client, namespace, 'app.kubernetes.io/name=pull', look);
      const missing = seen.flatMap((pod) => missingIn(pod, [...images.keys()]));
      for (const one of missing) refuse(failures, one, pull.patienceMs ?? usualPatienceMs);
      if (seen.length === nodes.length && missing.length === 0) return true;
      saw(`${nodes.length * images.size - missing.length} of ${nodes.length * images.size}`);
      return undefined;
    }, { timeoutMs: pullTimeoutMs, intervalMs: 500, signal, step });
  } finally {
    // It is not waited for: what is left of it holds nothing.
    await client.http.delete(`/api/v1/namespaces/${namespace}`).catch(() => undefined);
  }
}

function objects({ runId, nodes, images }: Pull, namespace: string): KubernetesObject[] {
  const labels = { 'app.kubernetes.io/name': 'pull', 'app.kubernetes.io/managed-by': 'plumbline', [runLabel]: runId };
  const containers = [...images.values()].map((image, index) => ({ name: `image-${index}`, image, imagePullPolicy: 'IfNotPresent', command: ['/plumbline-pulls-and-runs-nothing'] }));
  const pods = nodes.map((nodeName) => ({
    apiVersion: 'v1', kind: 'Pod', metadata: { name: nodeName, namespace, labels },
    spec: { nodeName, restartPolicy: 'Never', automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: 0, containers },
  }));
  return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace, labels } } as KubernetesObject, ...pods as KubernetesObject[]];
}

interface Missing {
  readonly image: string;
  readonly node: string;
  /** Of the kubelet, where it has tried and failed. */
  readonly failure?: string;
}

function missingIn({ metadata, status }: V1Pod, names: readonly string[]): readonly Missing[] {
  return names.flatMap((image, index) => {
    const container = status?.containerStatuses?.find(({ name }) => name === `image-${index}`);
    if (container !== undefined && isPulled(container)) return [];
    const { reason, message } = container?.state?.waiting ?? {};
    return [{ image, node: metadata?.name ?? '', ...(reason === 'ErrImagePull' || reason === 'InvalidImageName' ? { failure: message ?? reason } : {}) }];
  });
}

/** It came as far as a start, which failed as it was meant to. */
function isPulled({ imageID, state }: V1ContainerStatus): boolean {
  return imageID !== '' || state?.terminated !== undefined;
}

/** What each node said of each image when it first failed at it, and when that was. */
type Failures = Map<string, { readonly since: number; readonly said: string }>;

/** @throws PlumblineError PL-IMAGE-NOT-PULLED where a node has failed at an image for long enough */
function refuse(failures: Failures, { image, node, failure }: Missing, patienceMs: number): void {
  const key = `${node} ${image}`;
  if (failure !== undefined && !failures.has(key)) failures.set(key, { since: performance.now(), said: failure });
  const first = failures.get(key);
  if (first === undefined || performance.now() - first.since < patienceMs) return;
  throw new PlumblineError({
    code: 'PL-IMAGE-NOT-PULLED', kind: 'environment', expected: `node ${node} to pull ${image}`, seen: first.said,
    next: 'Nodes pull by themselves: see that they reach the registry, trust its certificate, and may log in there.',
  });
}
