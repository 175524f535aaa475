/** Windows and loads of this area; widen them for slower platforms. */
export const timing = {
  foundByOwner: {
    /** Of each tenant and signal. */
    itemsPerFlow: 500,
    itemsPerSecond: 500,
    /** Until all of it is answered. */
    sendSeconds: 15,
    /** Until the owner finds it: batch, queue, ingestion and Tempo's flush take about 3. */
    deliverySeconds: 15,
    /** How long nobody else may find it; claims.md. */
    absenceSeconds: 20,
    lookEverySeconds: 2,
  },
  headerRequired: {
    /** Until one write or query that is sent from inside a cluster is answered. */
    answerSeconds: 15,
  },
  seriesLimit: {
    /** Series that are known before the limit is reached, at most; of a smaller limit half. */
    knownSeries: 500,
    /** New series beyond the limit, at most; of a smaller limit half. */
    seriesBeyond: 500,
    /** New series a second, a sample each, at most. */
    freshPerSecond: 2000,
    /** What a first tenant without a limit of its own is sent to exceed: the limit in series-limit.yaml. */
    withoutOverride: 1000,
    /** More, this machine does not send. */
    seriesAtMost: 60_000,
    sendSecondsAtMost: 60,
    /** How much of its own limits a tenant that must lose nothing is sent, at most. */
    shareOfLimit: 0.8,
    /** Until what was sent is found: batch, queue and ingestion take less than 1. */
    deliverySeconds: 10,
    /** Until what is not found counts as lost where loss is expected; known samples sent after it are there by then. */
    lossSeconds: 0.5,
    graceSeconds: 0.5,
    /** Of the limit. Mimir looks at the count before it makes a series; requests at the same time may each see room for it. */
    tolerance: 0.02,
  },
};
