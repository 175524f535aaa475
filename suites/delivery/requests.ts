/** What DL-1, DL-2 and DL-3 are judged by: one load of requests to the apps, and everything that the backends hold of it. */
import { appsOf, apps, instantSamples, loadOf, measurement, requestTraceId, runLoad, settle, settledTraces, storedLines, traceIdBeside } from '../../helpers/index.ts';
import type { Evidence, LoadResult, StoredSpan, Subject } from '../../helpers/index.ts';
import { decided } from './counters-judge.ts';
import type { Counter } from './counters-judge.ts';
import type { RequestLine } from './lines-judge.ts';

/** From a load's end until everything of it is there: agents' and collectors' delays are below 2 s, the rest is a busy machine's. */
const windows = { timeoutMs: 10_000 };

export interface Requests {
  readonly load: LoadResult;
  /** By request number. */
  readonly traces: ReadonlyMap<number, readonly StoredSpan[]>;
  readonly counters: readonly Counter[];
  readonly lines: readonly RequestLine[];
}

/** Claims with equal platforms are judged by the same requests: that nothing at all was lost of them says more than three loads. */
export const requests = measurement(async (subject: Subject): Promise<Requests> => {
  const { platform } = subject;
  const load = await runLoad(platform, loadOf(platform, platform.tenant), subject);
  // What was not even started owes no telemetry; what failed may owe any.
  if (load.failedRequests > 0) throw new Error(`${load.failedRequests} of ${load.requests} requests failed, the first one with ${load.failed[0]?.status} ${load.failed[0]?.reason}: their telemetry cannot be told`);
  const [traces, counters, lines] = await Promise.all([
    settledTraces(platform, appsOf(platform).tenant, load, apps, { ...windows, ...subject }), settledCounters(subject, load), settledLines(subject, load),
  ]);
  return { load, traces, counters, lines };
});

/** Counters that rise by one a request: the apps' own, and their agents'. Names of both generations of conventions. */
const counted = [
  { what: 'storefront\'s own', query: 'checkouts_total' },
  { what: 'orders\' own', query: 'orders_placed_total' },
  { what: 'storefront\'s agent', query: agentCounter('storefront', '/checkout') },
  { what: 'orders\' agent', query: agentCounter('orders', '/orders') },
] as const;

/** Readiness probes have routes of their own. Whether a name has its unit depends on Mimir. */
function agentCounter(app: string, route: string): string {
  return `{__name__=~"http_server_(request_)?duration(_(milli)?seconds)?_count", job=~"(.*/)?${app}", http_route="${route}"}`;
}

async function settledCounters(subject: Subject, load: LoadResult): Promise<readonly Counter[]> {
  const { tenant } = appsOf(subject.platform);
  const look = (signal: AbortSignal): Promise<Counter[]> => Promise.all(counted.map(async (one) => ({ ...one, series: await instantSamples(subject.platform, tenant, one.query, signal) })));
  const missing = (counters: readonly Counter[]): string | undefined => (decided(load.requests, counters) ? undefined : counters.map(({ what, series }) => `${what} ${series.map(({ value }) => value).join(' + ') || 'not there'}`).join(', '));
  return (await settle('counters in Mimir', look, missing, { ...windows, ...subject })).seen;
}

async function settledLines(subject: Subject, load: LoadResult): Promise<readonly RequestLine[]> {
  const wanted = load.requests * apps.length;
  const look = (signal: AbortSignal): Promise<readonly RequestLine[]> => requestLines(subject, load, signal);
  const missing = (lines: readonly RequestLine[]): string | undefined => (lines.length >= wanted ? undefined : `${lines.length} of ${wanted} lines`);
  return (await settle('log lines in Loki', look, missing, { ...windows, ...subject })).seen;
}

/** What each app says of a request that it served. */
const sayings = { storefront: 'checkout done', orders: 'order placed' } as const;

/** By what a line says and not by its labels, which are not the same from an agent and from a file. */
async function requestLines({ platform }: Subject, load: LoadResult, signal: AbortSignal): Promise<readonly RequestLine[]> {
  const range = { fromMs: load.startedAtMs - 1000, toMs: Date.now() };
  const all = await storedLines(platform, appsOf(platform).tenant, `{service_name=~".+"} |= "request=${load.name}-"`, range, signal);
  const number = new RegExp(`request=${load.name}-(\\d+)`);
  return all.flatMap((stored) => apps.filter((app) => stored.line.includes(sayings[app])).map((service) => (
    { service, request: Number(number.exec(stored.line)?.[1]), traceId: traceIdBeside(stored) })));
}

/** The trace id that a request was sent with. */
export function traceIdIn({ load }: Requests): (request: number) => string {
  return (request) => requestTraceId(load, request);
}

/** k6's own account of the load. */
export function loadEvidence({ load }: Requests): Evidence {
  const { name, requests: made, failedRequests, dropped, latencyMs, checks, thresholds, metrics } = load;
  return { what: `k6: load ${name}`, data: { requests: made, failedRequests, dropped, latencyMs, checks, thresholds, metrics } };
}
