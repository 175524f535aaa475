/** Windows and loads of the pipeline-order area: PO-2. Seconds unless a name says otherwise. */
export const timing = {
  /** What a filter drops, and beside it what it must leave alone. */
  filter: {
    spans: { ratePerSecond: 500, items: 500, batch: 50, againSeconds: 10 },
    dropped: { 'http.route': '/healthz' },
    kept: { 'http.route': '/cart' },
    sendSeconds: 20,
    /** Until what is kept is stored: batch 0.2; the rest is a busy machine's. */
    deliverySeconds: 10,
    /** For what is dropped to stay away, once what was sent at the same time is there. */
    absentSeconds: 3,
    graceSeconds: 0.5,
  },
  /** What a limiter refuses while the backend is out. */
  limiter: {
    /** 12 MB/s of spans as apps with large attributes send them, 60 MB in all: more than the limiter lets a heap have, 50. What is refused is sent again by who sent it. */
    flood: { ratePerSecond: 2500, seconds: 5, padBytes: 5000, batch: 100, spansPerTrace: 100, concurrency: 8, againSeconds: 40 },
    /** Longer than the flood: nothing leaves the collector while it lasts. */
    outageSeconds: 7,
    /** What a tenant must be allowed to send Tempo: with less, a queue of 50 MB takes longer than is waited for. */
    leastBytesPerSecond: 15_000_000,
    sendSeconds: 60,
    /** From the last answer until the queue is empty: an exporter tries again after 2 s at most, and half of it more at random. */
    drainSeconds: 8,
    deliverySeconds: 4,
    graceSeconds: 0.5,
  },
};
