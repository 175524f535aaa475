/** Windows of this suite; widen them for slower platforms. */
export const timing = {
  /**
   * Until a collector knows its targets, seconds. The allocator looks at collectors every 5 s, the receiver asks it every
   * 2 s, and Prometheus' discovery and scrape managers each pass targets on every 5 s: 17 at the worst.
   */
  discoverySeconds: 20,
  /** From then until every target is scraped and delivered, in scrape intervals; a pair that fits takes about 3. */
  delivered: 10,
};
