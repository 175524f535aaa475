/** What the sender is asked for and what it answers: the JSON of fixtures/sender, field by field. */

export type FlowSignal = 'metrics' | 'logs' | 'traces';

/** A bounded stream of items, numbered from 0 in the order in which they are due. */
export interface FlowOrder {
  /** Unique in its sender: a-z, 0-9, '.', '_' and '-', at most 60 characters. It is the `flow` label and the `service.name`. */
  readonly name: string;
  /** `get` sends nothing: it asks `url` again and again and keeps the same record of answers. */
  readonly signal: FlowSignal | 'get';
  /** Complete URL of what is posted to, or asked. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Items a second (`get`: requests a second), due at fixed times whatever the answers are. */
  readonly ratePerSecond: number;
  /** One of the two or both; whichever is over first ends the flow. At most 600 seconds and 20 million items. */
  readonly seconds?: number;
  readonly items?: number;
  /** Items a request. Default: a tenth of a second's, at most 1,000. A flow has at most 200,000 requests. */
  readonly batch?: number;
  /**
   * Series (metrics) or streams (logs) that the items go round over, as label `lane` or resource attribute `service.instance.id`.
   * Default: 1 for logs; for metrics one for every 100 items a second. A series takes at most 500 samples a second (its times are in ms).
   */
  readonly series?: number;
  /** Default 1,000: traces are read back one by one. */
  readonly spansPerTrace?: number;
  /** Bytes added to every log line or (as attribute `pad`) span. */
  readonly padBytes?: number;
  /** Requests in flight, at most 64; a request that finds none free waits, and its latency counts from when it was due. Default 8. */
  readonly concurrency?: number;
  /** Added to the time of every item: -3600 is data of an hour ago. */
  readonly timestampOffsetSeconds?: number;
  /** Further labels of samples, attributes of log records and spans. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Further resource attributes. Without any, metrics carry no resource (Mimir would make target_info series of one). */
  readonly resource?: Readonly<Record<string, string>>;
  /** Until a request counts as unanswered. Default 10. */
  readonly timeoutSeconds?: number;
  /**
   * Until so many seconds after the schedule's end, what was refused for now (429, 502, 503, 504, or the connection) is sent again: after
   * Retry-After (5 s at most), otherwise after 0.2 s, twice that for each further time, 2 s at most. What is due goes first, and at most half of the workers
   * send again before the schedule's end. A request without an answer otherwise may have been taken, and is not sent again.
   * At most 120, and 600 with the schedule. Default 0: each request once.
   */
  readonly againSeconds?: number;
  /**
   * Traces that so many services (`<name>-000000` …) take part in, each with one span, as a chain from the root on. Items come in blocks of
   * `batch` traces, a request for each service's spans of them: `items` is a multiple of batch times services. What is which is said
   * by service-traces.ts.
   */
  readonly services?: number;
  /** Every so many-th trace, from the first on, has an error in a span that is not its root; with services only. */
  readonly errorEvery?: number;
  /** Of every so many traces the last one's root takes `slowMs`, unless it fails; with services only. */
  readonly slowEvery?: number;
  readonly slowMs?: number;
}

/** Item numbers from the first (included) to the last (excluded). */
export type ItemRange = readonly [number, number];

/** All requests that were answered alike. */
export interface FlowAnswer {
  /** HTTP status; 0 where no answer came: then nobody knows whether the items were taken. */
  readonly status: number;
  readonly requests: number;
  readonly items: number;
  readonly ranges: readonly ItemRange[];
  /** Of the first answer with that status: the message of its google.rpc.Status, or its text, or the transport's error. Empty for a plain 2xx. */
  readonly firstBody: string;
}

/** One second of the schedule. A request counts in the second in which it was due, with its latest answer. */
export interface FlowSecond {
  readonly second: number;
  readonly requests: number;
  readonly items: number;
  readonly acceptedItems: number;
  /** Items by status of refusal; `0` is no answer. */
  readonly refusedItems: Readonly<Record<string, number>>;
  /** Milliseconds from when a request was due to its answer. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

/** [due (ms since the flow's start), ms from due to answer, ms from sent to answer, status] */
export type Latency = readonly [number, number, number, number];

export interface FlowProgress {
  readonly name: string;
  readonly signal: FlowSignal | 'get';
  readonly url: string;
  readonly running: boolean;
  /**
   * How it ended: everything sent, with nothing left to send again; stopped by request; or not done ten seconds (or `againSeconds`, where
   * they are more) after its schedule's end, or given up at the end of `againSeconds`.
   */
  readonly ended?: 'complete' | 'stopped' | 'overtime';
  /** Milliseconds since the epoch, by the sender's clock. */
  readonly startedAtMs: number;
  readonly endedAtMs?: number;
  readonly planned: number;
  /** Items of requests that are under way or answered; they are the numbers from 0. */
  readonly sent: number;
  readonly acceptedItems: number;
  readonly requests: number;
}

export interface FlowState extends FlowProgress {
  readonly batch: number;
  readonly series: number;
  readonly spansPerTrace: number;
  /** Times written into the first and the last item, milliseconds since the epoch. */
  readonly firstDataMs: number;
  readonly lastDataMs: number;
  /** By the latest answer to each request. */
  readonly answers: readonly FlowAnswer[];
  /**
   * With `againSeconds`: requests that were refused for now at least once, by the status of their first such refusal (0: the connection was
   * refused), whatever became of them. Without, none.
   */
  readonly firstRefusals: readonly FlowAnswer[];
  /** How often requests were sent again, all together. */
  readonly resends: number;
  /** 2xx answers with a partial_success: how many items they say were rejected, and the first one's message. */
  readonly partial: { readonly requests: number; readonly rejected: number; readonly firstMessage: string };
  readonly timeline: readonly FlowSecond[];
  /** In the order of the schedule; at most 20,000, evenly chosen where there were more. */
  readonly latencies: readonly Latency[];
}

/** Ranges that were answered 2xx: what the sender may count on. A partial success is among them, as exporters have it. */
export function acknowledgedRanges(state: Pick<FlowState, 'answers'>): readonly ItemRange[] {
  return state.answers.filter(({ status }) => status >= 200 && status < 300).flatMap(({ ranges }) => ranges);
}

/** Ranges that were answered with anything but 2xx; what had no answer at all is not among them. */
export function refusedRanges(state: Pick<FlowState, 'answers'>): readonly ItemRange[] {
  return state.answers.filter(({ status }) => status >= 300).flatMap(({ ranges }) => ranges);
}

/** Ranges that were refused for now at least once by a flow with `againSeconds`; where they were taken in the end, they are acknowledged too. */
export function refusedAtFirst(state: Pick<FlowState, 'firstRefusals'>): readonly ItemRange[] {
  return state.firstRefusals.flatMap(({ ranges }) => ranges);
}
