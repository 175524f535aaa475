/** How an allocator learns of what is scraped. */
export const targetSources = ['scrape-configs', 'service-monitors', 'pod-monitors'] as const;

export type TargetSource = (typeof targetSources)[number];
