/** Windows and numbers of the area, by claim. Seconds unless a name says otherwise. */
export const timing = {
  /** DL-4 and DL-5: what a tenant is sent all the time. */
  steady: {
    /** Items a second; below that there is too little to lose. */
    itemsAtLeast: 10,
    /** How much of its own limits a tenant is sent: what has gathered in an outage comes at once after it. */
    shareOfLimit: 0.2,
    /** Of one item, as the backends count it, generously. */
    itemBytes: 300,
  },
  /** DL-4. */
  outage: {
    /** Of every backend at once: what the claim says. */
    outageSeconds: 60,
    /** Flows go on until after it: a queue that drains while new data comes is the usual case. */
    flowSeconds: 68,
    /** Items a second of each tenant and signal; a request of the sender is a fifth of a second's. */
    itemsPerSecond: 100,
    /** From the flows' start until each route has carried some: batch 0.2, the rest is a busy machine's. */
    firstDataSeconds: 15,
    /** For the gate's own timers, after the outage. */
    liftSeconds: 15,
    /** Until the exporters are through: their longest pause between two attempts is 2, and a backend may ask for 5. */
    drainSeconds: 40,
    /** From the last export until all is found. */
    deliverySeconds: 4,
    graceSeconds: 1,
    /** For a backend that asks for a pause. */
    retryAfterSeconds: 5,
    /** Longer than the exporters wait for an answer (30, otlphttp's default), so that they ask again while the first is still out. */
    answerAfterSeconds: 40,
    /** Share of the outage that the gate must have seen, or nothing is proved. */
    outageShareAtLeast: 0.95,
  },
  /** DL-6. */
  tailSampling: {
    /** Blocks of `batch` traces. */
    traces: 5400,
    tracesPerSecond: 450,
    /** Each trace has one span of each. So many, because each service has its sampler by a hash: one for all of them would hide the twin's fault. */
    services: 12,
    batch: 50,
    /** One in 18 fails and one in 18 is slow: 300 of each, 4,800 others. */
    errorEvery: 18,
    slowEvery: 18,
    /** How long a slow trace takes, by the limit from which on it is slow. */
    slowTimes: 2,
    sendSeconds: 30,
    /** From the last span to the decision on its trace (sampling-config.ts has 3), and from there into Tempo. */
    decisionSeconds: 3.5,
    /** Until all that must be kept is found. */
    deliverySeconds: 6,
    /** The claim's. */
    pAbove: 0.001,
  },
  /** DL-5. */
  killedCollector: {
    /** Items a second of each signal; a request of the sender is a tenth of a second's. */
    itemsPerSecond: 200,
    /** At most: flows are stopped when the collector has taken up its work again. */
    flowSeconds: 90,
    /** Until each route carries data: batch 0.2, the rest is a busy machine's. */
    firstDataSeconds: 15,
    /**
     * Shorter than the node's lease (40). Lost packets are sent again after 0.2, 0.6, 1.4, 3, 6.2 and 12.6 in all: after 8 the node's
     * kubelet is back only at 12.6, after 6 nearly at once.
     */
    cutSeconds: 6,
    /** From the cut's end until data comes again. */
    recoverSeconds: 30,
    /** Bound of the gate's refusal; it is lifted when the collector runs again. */
    refuseSeconds: 80,
    /** What the collector must hold before it is killed, in seconds of each signal. */
    heldSeconds: 1,
    /** Until a collector that was killed takes data again and sends it on. */
    againSeconds: 20,
    /** From there until all is found. */
    deliverySeconds: 4,
    graceSeconds: 0.5,
    /** What was acknowledged may be noted by the sender so much later than the kill. */
    noteSeconds: 0.2,
  },
  /** DL-7. */
  flood: {
    /** The claim's. */
    ratePerSecond: 20_000,
    seconds: 60,
    /** A request of the sender is a twentieth of a second's. */
    batch: 1000,
    concurrency: 16,
    /** Read back one by one: of 1,000 spans each Tempo takes half as long again for all of them, of 20,000 four times the memory. */
    spansPerTrace: 4000,
    attributes: { 'http.route': '/checkout/{item}' },
    lookEverySeconds: 2,
    /** For a flow that is behind its schedule. */
    overtimeSeconds: 15,
    /** Until Tempo has counted in what was taken: a batch, a queue that drains. */
    deliverySeconds: 10,
    /** Short floods beyond the claim's rate, until one is not carried. */
    ramp: {
      ratesPerSecond: [80_000, 160_000, 320_000],
      seconds: 2,
      concurrency: 32,
      /** Sent later than this share beyond its time, a rate was not carried. */
      lateShare: 0.2,
      boundSeconds: 20,
      deliverySeconds: 3,
    },
  },
};
