import { flowProgress, flowStateOf, orderFlow } from '../components/sender/control.ts';
import type { SenderPlace } from '../components/sender/control.ts';
import { until } from '../run/wait.ts';
import type { Watching } from './limits.ts';

/** A pod is Ready before every node's proxy has learned of it: seldom more than a second. */
const reachTimeoutMs = 30_000;

/**
 * Waits until a cluster's sender gets an answer, of whatever status, from each of these URLs. Without it the first requests of
 * a test meet a service that leads nowhere yet.
 * @param name of the asker, unique in the run
 */
export async function reachable(sender: SenderPlace, name: string, urls: readonly string[], { signal, note }: Watching): Promise<void> {
  await Promise.all(urls.map(async (url, index) => {
    let attempt = 0;
    await until(`an answer from ${url}`, async ({ saw, signal: look }) => {
      const flow = `${name}-reach-${index}-${attempt++}`;
      await orderFlow(sender, { name: flow, signal: 'get', url, ratePerSecond: 1, items: 1, timeoutSeconds: 2 }, look);
      await until('its end', async () => ((await flowProgress(sender, flow, look)).running ? undefined : true), { timeoutMs: 10_000, intervalMs: 50, signal: look });
      const [answer] = (await flowStateOf(sender, flow, look)).answers;
      if (answer !== undefined && answer.status > 0) return true;
      saw(answer?.firstBody ?? 'no answer');
      return undefined;
    }, { timeoutMs: reachTimeoutMs, intervalMs: 100, signal, step: { note } });
  }));
}
