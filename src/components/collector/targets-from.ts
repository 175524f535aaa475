import type { ScrapeConfig } from '../target/scrape.ts';

/** Where scraped targets come from: an allocator's answer, or the collector's own discovery. */
export type TargetsFrom =
  | { readonly kind: 'allocator'; readonly endpoint: string }
  /** The operator hands the jobs on to the allocator, and writes its address in their place. */
  | { readonly kind: 'operated-allocator'; readonly scrapeConfigs: readonly ScrapeConfig[] }
  | { readonly kind: 'own-discovery'; readonly scrapeConfigs: readonly ScrapeConfig[] };

/** Seconds between two questions of the receiver to its allocator, for jobs and for targets. Both default to 30. */
const allocatorPollSeconds = 2;

/** Without it the first answer, given before the allocator knows the collector, stands for 30 s. */
const soonAgain = { http_sd_config: { refresh_interval: `${allocatorPollSeconds}s` } };

export function prometheusReceiver(from: TargetsFrom): object {
  if (from.kind === 'own-discovery') return { config: { scrape_configs: from.scrapeConfigs } };
  // The operator sets endpoint, id and an interval of 30 s for jobs itself.
  if (from.kind === 'operated-allocator') return { target_allocator: soonAgain, config: { scrape_configs: from.scrapeConfigs } };
  return {
    target_allocator: { endpoint: from.endpoint, interval: `${allocatorPollSeconds}s`, collector_id: '${env:POD_NAME}', ...soonAgain },
    config: { scrape_configs: [] },
  };
}
