/** Windows and loads of the claims about limits (TI-4, TI-5, TI-6, TI-8); widen them for slower platforms. */
export const limitTiming = {
  limitAnswers: {
    /** Until the requests of a row are answered; they take about 1. */
    sendSeconds: 15,
    /** Until exporters have sent or given up what they took. Mimir asks for a retry after 6 s; what is refused for ever takes it whole. */
    decideSeconds: 9,
    /** Until what an exporter counts as sent is missing: it is there within milliseconds. */
    missingSeconds: 1.5,
  },
  logAndTraceLimits: {
    /** Of what a limit lets through. */
    timesTheLimit: 2,
    /** How long a rate is exceeded. */
    floodSeconds: 2,
    padBytes: 1000,
    /** More, this machine does not send. */
    floodBytesAtMost: 40_000_000,
    itemsPerSecond: 20_000,
    itemsAtOnce: 6000,
    batchAtMost: 500,
    /** So that refusing a request is refusing a part of what is allowed. */
    requestsPerBurst: 4,
    /** Traces that a flood's spans are in: fewer than any limit of live traces. */
    tracesOfFlood: 4,
    /** After which Tempo has let go of traces: idle period, and the tick that looks for them, half a second each. */
    idleSeconds: 1.2,
    /** Where a slow rate has to fill up again for items without padding, each so many bytes. */
    idleSecondsAtMost: 10,
    smallItemBytes: 250,
    /** Of logs and of spans, of each tenant that must not notice. */
    steadyPerSecond: 100,
    steadySecondsAtMost: 120,
    /** Tenants that must not notice, of however many there are. */
    othersAtMost: 3,
    sendSeconds: 15,
    /** Until what the others sent is found. */
    deliverySeconds: 10,
    /** Until what is not found counts as discarded: there is no collector in between. */
    lossSeconds: 1,
    graceSeconds: 1,
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
  raisedLimit: {
    /**
     * For the kubelet to write the changed file, beside the two reload periods that the claim gives: a pod that was touched is looked at
     * at once, and its ConfigMap is there within about 1.5 s. From outside nobody sees when the file was written.
     */
    projectionSeconds: 3,
    /** New series a second, at most; how finely the moment is seen. */
    freshPerSecond: 100,
    /** How long they come at most: before the change, the bound, and what proves it. */
    freshSeconds: 12,
    beforeSeconds: 0.5,
    /** New series must be stored for so long. */
    proofSeconds: 0.5,
    /** How much of what the change adds is used at most. */
    shareOfRoom: 0.8,
    /** Until what was sent is found: batch, queue and ingestion take less than 1. */
    deliverySeconds: 5,
  },
  silentLoss: {
    /** Series beyond the limit, as a share of it. */
    shareBeyond: 0.25,
    /** More, this machine does not send. */
    seriesAtMost: 60_000,
    /** New series a second at most. */
    perSecond: 2500,
    /** Of the tenants' own ingestion rate, so that it is the series that are limited and not the samples. */
    shareOfRate: 0.5,
    sendSecondsAtMost: 30,
    answerSeconds: 10,
    /** Until the exporter is through: batch, queue and one request take less than 1. */
    exportSeconds: 5,
    /** Until what was acknowledged is found: where samples are lost, all of it passes. */
    deliverySeconds: 2,
    graceSeconds: 1,
  },
};
