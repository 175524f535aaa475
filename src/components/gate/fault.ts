/** What the gate is asked for: the JSON of fixtures/gate, field by field. */

interface Bounded {
  /** Until it ends by itself; at most 300. */
  readonly seconds: number;
}

interface Shared extends Bounded {
  /** Of the requests that it shows at, the same ones every time: 0.5 is every other one. Left out: all. */
  readonly share?: number;
  /** True where the backend gets the request all the same, so that only its answer is missing or late. Left out: false. */
  readonly taken?: boolean;
}

/** How a route fails; `refuse` shuts its port and every connection, as the end of a process does. */
export type Fault =
  | { readonly mode: 'pass' }
  | Bounded & { readonly mode: 'refuse' }
  | Shared & { readonly mode: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The answer is held for at most 120,000 ms, or until the fault is over. */
  | Shared & { readonly mode: 'slow'; readonly delayMs: number }
  /** The connection is reset in place of an answer. */
  | Shared & { readonly mode: 'reset' };
