import { limitTiming } from './limit-timing.ts';

/** Windows and loads of this area; widen them for slower platforms. */
export const timing = {
  ...limitTiming,
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
  dataSources: {
    itemsPerFlow: 50,
    sendSeconds: 15,
    /** Until Grafana shows what was sent: Tempo's search finds a trace about 2 s after its last span. */
    fillSeconds: 10,
  },
  headerRequired: {
    /** Until one write or query is answered. */
    answerSeconds: 15,
  },
  surge: {
    /** The claim's: how far beyond its limit the flood goes, and how much slower the others may become. */
    tenfold: 10,
    ratioAtMost: 1.5,
    /** Quiet and surge in turn, so often, so long each. */
    surges: 5,
    phaseSeconds: 2.5,
    /** At the start of each phase: what is not compared. */
    withoutSeconds: 0.5,
    /** Before the first quiet phase: connections are opened, and what was deployed just now settles. */
    warmUpSeconds: 3,
    /** Between two phases at most, for orders and last answers. */
    betweenSeconds: 2,
    floodEndSeconds: 20,
    /** More, this machine does not send. */
    samplesPerSecondAtMost: 20_000,
    /** The flood is in requests of a collector's usual size, and so many are under way at once. */
    floodRequestsPerSecond: 100,
    floodConcurrency: 16,
    /** Of one series; a millisecond each is the most that a series takes. */
    samplesPerSeries: 400,
    /** The flood in all, in bursts of the tenant. */
    burstsAtLeast: 1.5,
    /** Of all others together, a second. A p99 of the few surges needs about a thousand requests. */
    writesPerSecond: 120,
    queriesPerSecond: 50,
    writesAtLeast: 20,
    /** Of each of the others, samples a second. */
    steadyPerSecond: 500,
    /** How much of its own limits a tenant that must lose nothing is sent, at most. */
    shareOfLimit: 0.8,
    /** What the surging tenant gets, by what its limit lets through: no more, and not far less. */
    taken: { over: 1.1, under: 0.5 },
    /** Until what was sent is found: batch, queue and ingestion take less than 1. */
    deliverySeconds: 6,
    graceSeconds: 1,
    /** Of acknowledged writes, after a surge; with less, no further surge is needed. */
    foundAtLeast: 0.5,
  },
};
