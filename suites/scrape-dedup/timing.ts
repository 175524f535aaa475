/** Windows of this suite, in scrape intervals of the platform under test; widen them for slower platforms. */
export const timing = {
  /** Until every target is scraped for the first time: allocation and discovery take about 15 s (see version-compat). */
  firstScrape: 30,
  /** The window that is judged. */
  judged: 10,
  /** How late a sample may reach the backend after the window's end: batch, queue and one retry take about 2. */
  delivery: 15,
  /** Until the allocator has given each target to one of its collectors: pods have to start, and it looks at them and at targets every 5 s. */
  allocated: 8,
  /** How long after that two collectors may store the same target. */
  handover: 2,
  /** From then on, and one interval, until each target has been stored again. */
  storedAgain: 3,
  /** Two collectors' samples of a target that are closer to each other than this share of an interval are of one interval. */
  sameInterval: 0.75,
  /** A gap shorter than this share of the interval is a doubled scrape, one longer than 1 + this share a missed one. */
  gapTolerance: 0.5,
};
