import type { V1Pod } from '@kubernetes/client-node';
import { podLogs } from '../clusters/kubernetes.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { until } from '../run/wait.ts';

/** What pods said last: the reason that a person looks for first. */

interface PodPlace { readonly client: KubeClient; readonly namespace: string }

const lastLinesShown = 20;

/** Milliseconds. Longer than the pause of ten seconds before a second restart, after which there are lines again. */
export const logTimeoutMs = 15_000;

/** Of a pod's first container that runs; nothing where none does, or where its node does not answer. */
export async function lastLogLines({ client, namespace }: PodPlace, { metadata, spec }: V1Pod): Promise<readonly string[]> {
  const [container] = spec?.containers ?? [];
  const options = { tailLines: lastLinesShown, signal: AbortSignal.timeout(logTimeoutMs), ...(container ? { container: container.name } : {}) };
  return linesOf(await podLogs(client, namespace, metadata?.name ?? '', options).catch(() => ''));
}

/**
 * What the pod printed last. The kubelet removes ended containers while it starts the next one, and then answers a
 * sentence in place of a log; which of the two runs has lines left changes from moment to moment.
 */
export async function endedLogLines({ client, namespace }: PodPlace, pod: string): Promise<readonly string[]> {
  const log = until(`a log of ${pod}`, async () => {
    for (const previous of [false, true]) {
      const text = await podLogs(client, namespace, pod, { previous, tailLines: lastLinesShown }).catch(() => '');
      if (text !== '' && !text.startsWith('unable to retrieve container logs')) return text;
    }
    return undefined;
  }, { timeoutMs: logTimeoutMs });
  return linesOf(await log.catch(() => ''));
}

function linesOf(log: string): readonly string[] {
  return log.trimEnd().split('\n').filter((line) => line !== '');
}
