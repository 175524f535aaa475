/** Windows of this suite, in scrape intervals of the platform under test; widen them for slower platforms. */
export const timing = {
  /** Until every target is scraped for the first time: allocation and discovery take about 15 s (see version-compat). */
  firstScrape: 30,
  /** The window that is judged. */
  judged: 10,
  /** How late a sample may reach the backend after the window's end: batch, queue and one retry take about 2. */
  delivery: 15,
  /** SD-3: each point of the curve. */
  curve: {
    /** Until who scrapes what has not changed for `settled`: discovery and allocation as at the start. */
    settling: 30,
    /** Collectors and targets that come later than this are not waited for, and judged. */
    settled: 5,
    /** The window that is counted. */
    judged: 6,
    /** Its stored samples per ideal one may differ from the first point's by this: a scrape falls in or out of a window by chance. */
    tolerance: 0.15,
  },
  /** SD-5: nodes and collectors that come and go. */
  changes: {
    /** Between two samples of a target: what the claim says. */
    missedAtMost: 2,
    /** After each change, so that what it costs is seen before the next. */
    after: 2,
    /** Until targets that came with a change are stored; reported, not judged. */
    settling: 8,
  },
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
