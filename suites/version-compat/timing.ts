/** Windows of this suite, in scrape intervals of the platform under test. */
export const timing = {
  /** From all pods Ready until every target is scraped and delivered; a pair that fits takes about 5. */
  delivered: 15,
};
