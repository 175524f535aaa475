/** Windows and loads of the area, by claim. Seconds unless a name says otherwise. */
export const timing = {
  /** BS-1. */
  swap: {
    /** Spans a second of the flow that is under way all the time; a request of the sender is one trace. */
    spansPerSecond: 200,
    spansPerTrace: 40,
    /** At most: it is stopped once the load after the change is over. */
    flowSeconds: 90,
    /** How long the sender goes on with what was refused for now. */
    againSeconds: 20,
    /** Requests to the apps after the change, at the rate of the load over it. */
    afterSeconds: 5,
    /** From the start until Tempo has something of the flow and of the load: a k6 pod and its image, agents' and collectors' delays. */
    firstDataSeconds: 30,
    /** From the last request until all is found: agents' and collectors' delays are below 2. */
    deliverySeconds: 12,
  },
  /** BS-2. */
  noTenant: {
    /** Of each tenant. */
    spans: 200,
    spansPerTrace: 20,
    sendSeconds: 15,
    /** Until the owner finds it. */
    deliverySeconds: 12,
  },
};
