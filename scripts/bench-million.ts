import { receivedSpans } from '../helpers/discards.ts';
import { acknowledgedRanges, finished, startFlow } from '../helpers/flows.ts';
import { reckon, reckoningText } from '../helpers/ledger.ts';
import { storedItems } from '../helpers/stored.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { until } from '../src/run/wait.ts';

/** A minute of 20,000 spans a second, sent in a third of the time: the reading is what is measured. */
const spans = 1_200_000;
const ratePerSecond = 60_000;
/** As DL-7 sends them. */
const spansPerTrace = 4000;

/**
 * What it takes to reckon a million spans and more up: read back from Tempo one trace after the other, and counted.
 * @returns a line with seconds and memory; the bounds are 20 s and 500 MB
 */
export async function benchMillion(platform: Platform, tenant: Tenant, signal: AbortSignal, note: (text: string) => void): Promise<string> {
  const before = await receivedSpans(platform, tenant, signal);
  const name = `bench-million-${Date.now()}`;
  const flow = await startFlow(platform, tenant, { name, signal: 'traces', via: 'backend', ratePerSecond, items: spans, spansPerTrace, batch: 1000, concurrency: 16 }, signal);
  const state = await finished(flow, { timeoutMs: 60_000, signal, note });
  await until('all of them counted in', async () => (await receivedSpans(platform, tenant, signal) - before >= state.acceptedItems ? true : undefined), { timeoutMs: 10_000, signal });
  const start = performance.now();
  let peakMb = 0;
  const timer = setInterval(() => { peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1e6); }, 50);
  const found = await storedItems(platform, tenant, state, signal).finally(() => clearInterval(timer));
  const reckoning = reckon({ sent: state.sent, acknowledged: acknowledgedRanges(state), refused: [], firstLook: found, lastLook: found });
  const seconds = (performance.now() - start) / 1000;
  return `${spans} spans reckoned up in ${seconds.toFixed(1)} s (bound 20), peak resident memory ${peakMb.toFixed(0)} MB (bound 500): ${reckoningText(reckoning)}`;
}
