/** Windows and numbers of the area, by claim. Seconds unless a name says otherwise. */
export const timing = {
  /** DL-4. */
  outage: {
    /** Of every backend at once: what the claim says. */
    outageSeconds: 60,
    /** Flows go on until after it: a queue that drains while new data comes is the usual case. */
    flowSeconds: 68,
    /** Items a second of each tenant and signal; a request of the sender is a fifth of a second's. */
    itemsPerSecond: 100,
    /** Below that there is too little to lose. */
    itemsAtLeast: 10,
    /** How much of its own limits a tenant is sent: what has gathered in an outage comes at once after it. */
    shareOfLimit: 0.2,
    /** Of one item, as the backends count it: 100 to 200 measured. */
    itemBytes: 300,
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
};
