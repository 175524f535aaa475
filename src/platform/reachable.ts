import { flowProgress, flowStateOf, orderFlow } from '../components/sender/control.ts';
import type { SenderPlace } from '../components/sender/control.ts';
import type { FlowAnswer, FlowOrder } from '../components/sender/flow.ts';
import { until } from '../run/wait.ts';
import type { Watching } from './limits.ts';

/** A pod is Ready before every node's proxy has learned of it: seldom more than a second. */
export const reachTimeoutMs = 30_000;

/**
 * Waits until a cluster's sender gets an answer, of whatever status, from each of these URLs. Without it the first requests of
 * a test meet a service that leads nowhere yet.
 * @param name of the asker, unique in the run
 */
export async function reachable(sender: SenderPlace, name: string, urls: readonly string[], { signal, note }: Watching): Promise<void> {
  await Promise.all(urls.map(async (url, index) => {
    let attempt = 0;
    await until(`an answer from ${url}`, async ({ saw, signal: look }) => {
      const answer = await answerInCluster(sender, { name: `${name}-reach-${index}-${attempt++}`, signal: 'get', url }, look);
      if (answer !== undefined && answer.status > 0) return true;
      saw(answer?.firstBody ?? 'no answer');
      return undefined;
    }, { timeoutMs: reachTimeoutMs, intervalMs: 100, signal, step: { note } });
  }));
}

/** What a cluster's sender is answered to one request: one item that it sends, or one question. The name is unique in the run. */
export async function answerInCluster(sender: SenderPlace, order: Pick<FlowOrder, 'name' | 'signal' | 'url' | 'headers'>, signal: AbortSignal): Promise<FlowAnswer | undefined> {
  await orderFlow(sender, { ...order, ratePerSecond: 1, items: 1, timeoutSeconds: 2 }, signal);
  await until('its end', async () => ((await flowProgress(sender, order.name, signal)).running ? undefined : true), { timeoutMs: 10_000, intervalMs: 50, signal });
  return (await flowStateOf(sender, order.name, signal)).answers[0];
}
