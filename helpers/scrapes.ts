/** Who scraped a target and when, as the target itself saw it: the ground truth that no exporter's counter can colour. */
import { proxyGetJson } from '../src/clusters/kubernetes.ts';
import type { Platform, PodPlace } from '../src/platform/platform.ts';
import { targetPlaces } from './targets.ts';
import type { TargetPlace } from './targets.ts';

export interface Scrape {
  readonly target: TargetPlace;
  /** Address of whoever scraped. */
  readonly from: string;
  /** Milliseconds since the epoch, by the target's clock. */
  readonly atMs: number;
  /** Of the answer's body. */
  readonly bytes: number;
}

interface ScrapeRecord { readonly at: string; readonly from: string; readonly bytes: number }

/** Scrapes that the targets of a platform served since `sinceMs`, whoever took them. */
export async function scrapesSince(platform: Platform, sinceMs: number, signal: AbortSignal): Promise<readonly Scrape[]> {
  const { targetsNamespace } = platform;
  if (targetsNamespace === undefined) throw new Error('nothing is scraped on this platform');
  const targets = await targetPlaces(platform, signal);
  const all = await Promise.all(targets.map(async (target) => {
    const records = await proxyGetJson(platform.client, targetsNamespace, 'pod', target.pod, target.port, '/scrapes', signal);
    return (records as ScrapeRecord[]).map(({ at, from, bytes }) => ({ target, from, atMs: Date.parse(at), bytes }));
  }));
  return all.flat().filter((scrape) => scrape.atMs >= sinceMs);
}

/** Targets that nobody of `collectors` has scraped. */
export function unscraped<T extends PodPlace & { readonly target?: string }>(targets: readonly T[], scrapes: readonly Scrape[], collectors: readonly PodPlace[]): readonly T[] {
  const own = new Set(collectors.map((one) => one.address));
  const scraped = new Set(scrapes.filter((one) => own.has(one.from)).map((one) => one.target.target));
  return targets.filter(({ target, pod }) => !scraped.has(target ?? pod));
}
