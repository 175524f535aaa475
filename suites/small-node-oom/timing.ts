/** Windows and loads of the small-node-oom area. */

/** Batches as SDKs make them, some at once. */
const spans = { batch: 100, spansPerTrace: 100, concurrency: 8, timeoutSeconds: 5 };

/** A span of 5 KB, as an app with large attributes (a statement, a stack trace) sends it. */
const largeSpans = { ...spans, padBytes: 5000 };

export const timing = {
  /** SN-1. */
  incident: {
    /** 100 MB/s: what fills 2 GiB within a dozen seconds, and is refused in time on 4 GiB. */
    flood: { ...largeSpans, ratePerSecond: 20_000, seconds: 15 },
    /** The backend is out for the whole of it. */
    outageSeconds: 90,
    /** After the flood: a collector that dies of what it took last does so within this time. */
    tailSeconds: 3,
    boundSeconds: 60,
  },
  /** SN-2. Nodes from here on have a collector, MiB. */
  leastNodeMiB: 4096,
  placedSeconds: 2,
  /** SN-3. */
  headroom: {
    /** The load of SN-1, for less long: all of it has to go through in the end. What is refused is sent again by who sent it. */
    flood: { ...largeSpans, ratePerSecond: 20_000, seconds: 8, againSeconds: 60 },
    /** As long as the flood: what is acknowledged until then stays in the queue. */
    outageSeconds: 9,
    boundSeconds: 90,
    /** Once the last span is acknowledged. */
    drainSeconds: 30,
  },
  /** SN-5. */
  sizing: {
    spans,
    /** Of a span without padding. */
    bareBytes: 150,
    /** Of load after the outage. */
    calmSeconds: 3,
    /** Limits that are tried on a smaller node: the least one, and one more. */
    limitsOnSmaller: 2,
    boundSeconds: 120,
    /** For the queue to empty once the load is over. */
    drainSeconds: 15,
    /** What a node holds beside the collector where nobody can measure it, MiB: kubelet, runtime and a few pods. */
    floorMiB: 500,
  },
  /** SN-4. */
  gracefulStop: {
    /** Fills a queue of some hundred megabytes, which is more than half of what the limiter lets in. */
    flood: { ...largeSpans, ratePerSecond: 12_000, seconds: 5 },
    /** Nothing passes the gate until the queue is full. */
    outageSeconds: 60,
    /** Then each request of 512 spans takes this long: the queue's end is some seconds away whatever Tempo does. */
    slowMs: 1000,
    slowSeconds: 120,
    /** The exporters' back-off of the outage is over: 2 s at most, and half of it more at random. What waits for a retry when its collector is asked to end is given up. */
    backOffMs: 3500,
    recoverSeconds: 20,
    /** Of the flood still queued when the collector is asked to end; with less there is no ordeal. */
    queuedShare: 0.5,
    /** From SIGTERM to the pod's end: its grace period and what the kubelet takes. */
    boundSeconds: 90,
    deliverySeconds: 5,
  },
};
