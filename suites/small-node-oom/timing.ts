/** Windows and loads of the small-node-oom area. */

/** A span of 5 KB as an app with large attributes (a statement, a stack trace) sends it; batches as SDKs make them, some at once. */
const largeSpans = { padBytes: 5000, batch: 100, spansPerTrace: 100, concurrency: 8, timeoutSeconds: 5 };

export const timing = {
  /** SN-1. */
  incident: {
    /** 100 MB/s: what fills 2 GiB within a dozen seconds, and is refused in time on 4 GiB. */
    flood: { ...largeSpans, ratePerSecond: 20_000, seconds: 16 },
    /** The backend is out for the whole of it. */
    outageSeconds: 90,
    /** After the flood: a collector that dies of what it took last does so within this time. */
    tailSeconds: 3,
    boundSeconds: 60,
  },
  /** Nodes from here on have a collector, MiB. */
  leastNodeMiB: 4096,
};
