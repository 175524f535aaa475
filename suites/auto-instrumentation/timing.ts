/** Windows and numbers of the area. */
export const timing = {
  /** From the last request until all of it is there: the delays of agents and collectors are below 2 s, the rest is a busy machine's. */
  telemetry: { timeoutMs: 8_000 },
  /** AI-3. */
  costs: {
    /** Times that each app is started again, with the agent and without in turn. */
    restarts: 1,
    /** Both variants at once, so that what else the machine does meets both. */
    seconds: 20,
    requestsPerSecond: 15,
    /** Requests before, for the JVM's compiler. */
    warmUpSeconds: 5,
  },
};
