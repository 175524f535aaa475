/** One result of all pods of a load. Pure: logs in, numbers out. */
import { failedRequestsIn, summaryIn } from './log.ts';
import type { FailedRequest, Group, Summary } from './log.ts';

export type { FailedRequest } from './log.ts';

export interface K6Check { readonly name: string; readonly passes: number; readonly fails: number }

export interface K6Threshold {
  readonly metric: string;
  /** As the script has it: `p(95)<1000`. */
  readonly threshold: string;
  /** In every pod. */
  readonly held: boolean;
}

/** Of one pod: k6's own metrics by name, values by k6's names (`count`, `value`, `p(95)`; times in milliseconds). */
export type K6Metrics = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Milliseconds from sending a request to the end of its answer. */
export interface LoadLatency { readonly p50: number; readonly p90: number; readonly p95: number; readonly p99: number; readonly max: number }

export interface K6Result {
  /** HTTP requests made. */
  readonly requests: number;
  /** Of them not answered 2xx or 3xx. */
  readonly failedRequests: number;
  readonly iterations: number;
  /** Not started because no VU was free: the load was below what was asked for. */
  readonly dropped: number;
  /** Numbers of the requests, ascending; undefined where the script numbers none (fixtures/k6/numbered.js). */
  readonly numbers?: readonly number[];
  /** How each numbered request ended that was not answered 200, by number. */
  readonly failed: readonly FailedRequest[];
  /** Failed requests that the logs do not name: a node keeps 10 MiB of a log. */
  readonly failedUnnamed: number;
  /** With several pods the highest of any: that of all together is not above it. */
  readonly latencyMs: LoadLatency;
  readonly checks: readonly K6Check[];
  readonly thresholds: readonly K6Threshold[];
  /** By pod. */
  readonly metrics: Readonly<Record<string, K6Metrics>>;
}

/**
 * @param logs by pod
 * @throws Error where a log has no summary, or where the numbers that a pod sent cannot be told
 */
export function k6Result(logs: Readonly<Record<string, string>>): K6Result {
  const names = Object.keys(logs);
  const summaries = Object.values(logs).map(summaryIn);
  const sum = (metric: string, value: string): number => summaries.reduce((all, { metrics }) => all + numberOf(metrics[metric]?.[value]), 0);
  const most = (value: string): number => Math.max(...summaries.map(({ metrics }) => numberOf(metrics['http_req_duration']?.[value])));
  const failed = Object.values(logs).flatMap(failedRequestsIn).toSorted((a, b) => a.number - b.number);
  const numbers = numbersOf(summaries);
  return {
    requests: sum('http_reqs', 'count'), failedRequests: sum('http_req_failed', 'passes'),
    iterations: sum('iterations', 'count'), dropped: sum('dropped_iterations', 'count'),
    ...(numbers ? { numbers } : {}), failed, failedUnnamed: sum('requests_failed', 'count') - failed.length,
    latencyMs: { p50: most('med'), p90: most('p(90)'), p95: most('p(95)'), p99: most('p(99)'), max: most('max') },
    checks: checksOf(summaries), thresholds: thresholdsOf(summaries),
    metrics: Object.fromEntries(summaries.map((one, index) => [names[index] ?? '', metricsOf(one)])),
  };
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function metricsOf({ metrics }: Summary): K6Metrics {
  return Object.fromEntries(Object.entries(metrics).map(([name, values]) => [
    name, Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (typeof value === 'number' ? [[key, value]] : []))),
  ]));
}

function numbersOf(summaries: readonly Summary[]): readonly number[] | undefined {
  const trends = summaries.map(({ metrics }) => metrics['request_number']).filter((trend) => trend !== undefined);
  if (trends.length === 0) return undefined;
  return trends.flatMap((trend) => stripe(numberOf(trend['count']), numberOf(trend['min']), numberOf(trend['max']), numberOf(trend['avg']))).toSorted((a, b) => a - b);
}

/** Of an even stripe, least and mean belong to its greatest; the numbers of an uneven one are somewhere in between. */
const meanTolerance = 1e-6;

/**
 * The numbers that a pod sent: k6 deals iterations out to segments in turn, so they have equal distances as long as each segment has
 * as many VUs as the next.
 * @throws Error where they have not
 */
function stripe(count: number, min: number, max: number, mean: number): readonly number[] {
  if (count === 0) return [];
  const step = count === 1 ? 1 : (max - min) / (count - 1);
  const even = Number.isInteger(step) && Math.abs(mean - (min + max) / 2) <= meanTolerance * Math.max(1, max);
  if (!even) throw new Error(`${count} requests from ${min} to ${max}, on average ${mean}: preAllocatedVUs and maxVUs of the script must be multiples of PODS`);
  return Array.from({ length: count }, (_, index) => min + index * step);
}

function checksOf(summaries: readonly Summary[]): readonly K6Check[] {
  const all = new Map<string, K6Check>();
  for (const { root_group: root } of summaries) {
    for (const [name, { passes, fails }] of groupsOf(root).flatMap(({ checks }) => Object.entries(checks))) {
      const before = all.get(name);
      all.set(name, { name, passes: passes + (before?.passes ?? 0), fails: fails + (before?.fails ?? 0) });
    }
  }
  return [...all.values()];
}

function groupsOf(group: Group): readonly Group[] {
  return [group, ...Object.values(group.groups).flatMap(groupsOf)];
}

/** The summary's word of a threshold is whether it was crossed. */
function thresholdsOf(summaries: readonly Summary[]): readonly K6Threshold[] {
  const all = new Map<string, K6Threshold>();
  for (const { metrics } of summaries) {
    for (const [metric, { thresholds }] of Object.entries(metrics)) {
      for (const [threshold, crossed] of Object.entries(typeof thresholds === 'object' ? thresholds : {})) {
        const key = `${metric} ${threshold}`;
        all.set(key, { metric, threshold, held: !crossed && (all.get(key)?.held ?? true) });
      }
    }
  }
  return [...all.values()];
}
