import type { ScrapeConfig } from '../target/scrape.ts';

/** Where scraped targets come from: an allocator's answer, or the collector's own discovery. */
export type TargetsFrom =
  | { readonly kind: 'allocator'; readonly endpoint: string; readonly pollSeconds: number }
  /** The operator hands the jobs on to the allocator, and writes its address in their place. */
  | { readonly kind: 'operated-allocator'; readonly scrapeConfigs: readonly ScrapeConfig[]; readonly pollSeconds: number }
  | { readonly kind: 'own-discovery'; readonly scrapeConfigs: readonly ScrapeConfig[] };

export function prometheusReceiver(from: TargetsFrom): object {
  if (from.kind === 'own-discovery') return { config: { scrape_configs: from.scrapeConfigs } };
  const often = { http_sd_config: { refresh_interval: `${from.pollSeconds}s` } };
  // The operator sets endpoint, id and an interval of 30 s for jobs itself.
  if (from.kind === 'operated-allocator') return { target_allocator: often, config: { scrape_configs: from.scrapeConfigs } };
  return {
    target_allocator: { endpoint: from.endpoint, interval: `${from.pollSeconds}s`, collector_id: '${env:POD_NAME}', ...often },
    config: { scrape_configs: [] },
  };
}
