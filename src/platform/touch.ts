import { apply, podsOf } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { labels, selector } from '../components/labels.ts';

/** A component of a run, in its namespace. */
export interface Touched {
  readonly client: KubeClient;
  readonly namespace: string;
  readonly runId: string;
  readonly app: string;
}

/** The kubelet looks at the ConfigMaps of a pod once a minute, or when the pod itself changes: an annotation is enough. */
export async function touchPods({ client, namespace, runId, app }: Touched, signal: AbortSignal): Promise<void> {
  for (const pod of await podsOf(client, namespace, selector(labels(runId, app)), signal)) {
    await touchPod(client, namespace, pod.metadata?.name ?? '', signal);
  }
}

/** Has the kubelet look at a pod now: at its files, and, while it is not Ready, at what its readiness probe says. */
export async function touchPod(client: KubeClient, namespace: string, name: string, signal: AbortSignal): Promise<void> {
  const metadata = { name, namespace, annotations: { 'plumbline.dev/touched': new Date().toISOString() } };
  await apply(client, [{ apiVersion: 'v1', kind: 'Pod', metadata }], signal);
}
