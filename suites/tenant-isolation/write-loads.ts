/** Limits of Loki and Tempo, and loads beyond them. Pure: limits in, numbers out. */
import type { FlowSpec, NotJudged } from '../../helpers/index.ts';
import { timing } from './timing.ts';

const bounds = timing.logAndTraceLimits;

/** A limit of one backend. */
export interface WriteLimit {
  readonly backend: 'loki' | 'tempo';
  /** Dotted, as the backend has it. */
  readonly name: string;
  /** Bytes of the backend's unit, of a rate; left out: it bounds a number of things, of which each item is one. */
  readonly unitBytes?: number;
  readonly burst?: string;
  /** What the backend counts discarded items under. */
  readonly reason: string;
  /** What a first tenant without limits of its own is sent to exceed: as in log-and-trace-limits.yaml. */
  readonly withoutOverride: { readonly value: number; readonly burst?: number };
}

export const writeLimits: readonly WriteLimit[] = [
  { backend: 'loki', name: 'max_global_streams_per_user', reason: 'stream_limit', withoutOverride: { value: 100 } },
  {
    backend: 'loki', name: 'ingestion_rate_mb', burst: 'ingestion_burst_size_mb', unitBytes: 1024 ** 2,
    reason: 'rate_limited', withoutOverride: { value: 0.5, burst: 1 },
  },
  { backend: 'tempo', name: 'ingestion.max_traces_per_user', reason: 'live_traces_exceeded', withoutOverride: { value: 25 } },
  {
    backend: 'tempo', name: 'ingestion.rate_limit_bytes', burst: 'ingestion.burst_size_bytes', unitBytes: 1,
    reason: 'rate_limited', withoutOverride: { value: 500_000, burst: 1_000_000 },
  },
];

/** A limit as it is to be exceeded: what is in force, in the backend's own unit. */
export interface LimitToExceed {
  readonly limit: WriteLimit;
  readonly value: number;
  readonly burst: number;
}

/** A flow beyond a limit. */
export interface LoadBeyond {
  readonly flow: Pick<FlowSpec, 'items' | 'ratePerSecond' | 'batch' | 'series' | 'spansPerTrace' | 'padBytes'>;
  /** Items that the limit lets through in so many seconds from the first one's sending to the last one's answer. */
  allowed(seconds: number): number;
}

/** A limit, and the load that is to exceed it. */
export interface Plan extends LimitToExceed { readonly load: LoadBeyond }

export function isRate({ limit }: LimitToExceed): boolean {
  return limit.unitBytes !== undefined;
}

/** Seconds after a flood until traces are idle, and the rate has room again for what is sent to exceed the other limits. */
export function pauseSeconds(rates: readonly Plan[], counts: readonly Plan[]): number {
  const { idleSeconds, idleSecondsAtMost, smallItemBytes } = bounds;
  const refill = counts.map(({ limit, load }) => {
    const rate = rates.find((one) => one.limit.backend === limit.backend);
    return rate ? (load.flow.items ?? 0) * smallItemBytes / (rate.value * (rate.limit.unitBytes ?? 1)) : 0;
  });
  return Math.min(idleSecondsAtMost, Math.max(idleSeconds, ...refill));
}

/** Twice what the limit lets through; or why this machine cannot send that. */
export function loadBeyondLimit({ limit, value, burst }: LimitToExceed): LoadBeyond | NotJudged {
  if (limit.unitBytes !== undefined) return flood(limit, value * limit.unitBytes, burst * limit.unitBytes);
  const items = value * bounds.timesTheLimit;
  if (value < 1) return { skipped: `${limit.backend}'s ${limit.name} is ${value}, which bounds nothing. Give it a number above 0.` };
  if (items > bounds.itemsAtOnce) {
    const most = bounds.itemsAtOnce / bounds.timesTheLimit;
    return { skipped: `${limit.backend}'s ${limit.name} is ${value}; this machine sends ${bounds.itemsAtOnce} at once. Give it at most ${most}.` };
  }
  // In one request: traces that are idle for half a second are not live any more.
  return { flow: { items, batch: items, ratePerSecond: bounds.itemsPerSecond, series: items, spansPerTrace: 1 }, allowed: () => value };
}

/** An item counts as no more than its padding, which is most of it: so what is allowed is never too little. */
function flood(limit: WriteLimit, bytesPerSecond: number, burstBytes: number): LoadBeyond | NotJudged {
  const { floodSeconds, padBytes, floodBytesAtMost, timesTheLimit, requestsPerBurst } = bounds;
  const allowedBytes = (seconds: number): number => burstBytes + bytesPerSecond * seconds;
  const offered = timesTheLimit * allowedBytes(floodSeconds);
  if (offered > floodBytesAtMost) {
    const rate = `${limit.backend}'s ${limit.name} of ${bytesPerSecond} bytes/s with a burst of ${burstBytes}`;
    return { skipped: `${rate} takes ${offered} bytes to exceed; this machine sends ${floodBytesAtMost}.` };
  }
  const batch = Math.floor(burstBytes / requestsPerBurst / (2 * padBytes));
  if (batch < 1) {
    const enough = 2 * padBytes * requestsPerBurst;
    return { skipped: `${limit.backend} takes ${burstBytes} bytes at once, too few for items of ${padBytes} bytes. Give it a burst of ${enough} or more.` };
  }
  const items = Math.ceil(offered / padBytes);
  return {
    flow: {
      items, batch: Math.min(batch, bounds.batchAtMost), ratePerSecond: items / floodSeconds, padBytes,
      spansPerTrace: Math.ceil(items / bounds.tracesOfFlood),
    },
    allowed: (seconds) => Math.ceil(allowedBytes(seconds) / padBytes),
  };
}
