/** Samples as Mimir stored them: raw, with their times, so that a doubled scrape can't hide in an average. */
import { targetPort } from '../src/components/target/manifests.ts';
import type { Subject } from '../src/claims/claim.ts';
import { mimirInstant } from '../src/components/mimir/instant.ts';
import type { InstantSample } from '../src/components/mimir/instant.ts';
import { mimirQuery } from '../src/components/mimir/query.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { seenBy } from './flows.ts';
import { settle } from './settle.ts';
import { targetName } from './targets.ts';

export type { InstantSample } from '../src/components/mimir/instant.ts';

/** The counter that every target raises by one a scrape. */
export const scrapeCounter = 'plumbline_target_scrapes_total';

/** Samples of one target that came through one collector. */
export interface StoredSeries {
  /** As targets.ts names it. */
  readonly target: string;
  readonly collector: string;
  /** Milliseconds since the epoch, ascending. */
  readonly timesMs: readonly number[];
}

/**
 * The stored samples of the targets' scrape counter in a window.
 * @param endMs end of the window, milliseconds since the epoch
 * @param windowMs its length; the window is open at its start, as PromQL's ranges are
 */
export async function storedScrapes(platform: Platform, endMs: number, windowMs: number, signal: AbortSignal): Promise<readonly StoredSeries[]> {
  const query = `${scrapeCounter}[${windowMs}ms]`;
  const answer = await mimirQuery(seenBy(platform, 'mimir', { id: platform.tenant }), query, endMs, signal);
  return answer.map(({ metric, values }) => ({
    target: targetName(metric['pod'] ?? '', Number(metric['port'] ?? targetPort)), collector: metric['collector'] ?? '', timesMs: values.map(([seconds]) => Math.round(seconds * 1000)),
  }));
}

/** How many series of whatever name the platform's own tenant has at a moment: what an active-series price is reckoned by. */
export async function storedSeriesCount(platform: Platform, atMs: number, signal: AbortSignal): Promise<number> {
  const [count] = await mimirInstant(seenBy(platform, 'mimir', { id: platform.tenant }), 'count({__name__=~".+"})', atMs, signal);
  return count?.value ?? 0;
}

/** Whether every target has a stored sample newer than `sinceMs`: what came before it is then stored as well. */
export function deliveredBeyond(series: readonly StoredSeries[], targets: readonly string[], sinceMs: number): readonly string[] {
  const newest = new Map<string, number>();
  for (const one of series) newest.set(one.target, Math.max(newest.get(one.target) ?? 0, one.timesMs.at(-1) ?? 0));
  return targets.filter((target) => (newest.get(target) ?? 0) < sinceMs);
}

/** What a tenant's own PromQL answers now, each series with all of its labels. @throws KubeApiError with Mimir's own answer where it is no success */
export async function instantSamples(platform: Platform, tenant: Tenant, query: string, signal: AbortSignal): Promise<readonly InstantSample[]> {
  return mimirInstant(seenBy(platform, 'mimir', tenant), query, Date.now(), signal);
}

/**
 * Waits until each of these targets has a sample stored that is newer than `sinceMs`, or time is up: what has none then is for the judge.
 * @param sinceMs milliseconds since the epoch
 */
export async function targetsStored({ platform, signal, note }: Pick<Subject, 'platform' | 'signal' | 'note'>, targets: readonly string[], { sinceMs, timeoutMs }: { readonly sinceMs: number; readonly timeoutMs: number }): Promise<void> {
  await settle('samples of every target in Mimir', (look) => storedScrapes(platform, Date.now(), Math.max(timeoutMs, Date.now() - sinceMs), look), (series) => {
    const late = deliveredBeyond(series, targets, sinceMs);
    return late.length === 0 ? undefined : `${late.length} of ${targets.length} targets not there yet, e.g. ${late[0]}`;
  }, { timeoutMs, signal, note });
}
