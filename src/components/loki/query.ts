import { Numbers, askBackend } from '../backend-ask.ts';
import type { AskAs, StoredFlow } from '../stored-flow.ts';

/** [nanoseconds since the epoch as text, the line, and what is not part of its stream] */
export type LokiEntry = readonly [string, string, ...unknown[]];

interface Answer {
  readonly data?: { readonly result: readonly { readonly values: readonly LokiEntry[] }[] };
}

export interface LokiWindow {
  /** Nanoseconds since the epoch, included. */
  readonly startNs: bigint;
  /** Nanoseconds since the epoch, excluded. */
  readonly endNs: bigint;
  /** Lines of one answer; at most the tenant's max_entries_limit_per_query. */
  readonly limit: number;
}

/**
 * One page of log lines, the oldest first.
 * @param query LogQL of lines, e.g. `{service_name="a"}`
 * @throws KubeApiError with Loki's own answer where it is no success
 */
export async function lokiQuery(as: AskAs, query: string, { startNs, endNs, limit }: LokiWindow, signal: AbortSignal): Promise<readonly LokiEntry[]> {
  const params = { query, start: startNs.toString(), end: endNs.toString(), limit, direction: 'forward' };
  // Without it every line's own metadata would make a stream of its own in the answer.
  const headers = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };
  const answer = await askBackend(as, { path: '/loki/api/v1/query_range', params, headers, signal }) as Answer;
  return (answer.data?.result ?? []).flatMap(({ values }) => values);
}

/** Lines of one answer: some megabytes for short ones. */
const mostLinesAtOnce = 50_000;

/** The ledger's items of a flow that a tenant finds, one entry a line. */
export async function lokiItems(as: AskAs, flow: StoredFlow, signal: AbortSignal): Promise<Uint32Array> {
  const query = `{service_name="${flow.name}"}`;
  // Loki refuses to be asked for more than a tenant's limit (5,000 by default), however few there are.
  const linesAtOnce = Math.min(flow.sent + 1, mostLinesAtOnce);
  const found = new Numbers();
  const endNs = BigInt(flow.lastDataMs + 1) * 1_000_000n;
  let startNs: bigint | undefined = BigInt(flow.firstDataMs) * 1_000_000n;
  while (startNs !== undefined) {
    const page = cutPage(await lokiQuery(as, query, { startNs, endNs, limit: linesAtOnce }, signal), linesAtOnce);
    for (const line of page.lines) found.add(itemOf(line));
    startNs = page.nextNs;
  }
  return found.done();
}

/**
 * What of a page is whole, and where the next one starts. A full page may end between lines of the same time, so all of that
 * time are left to the next page.
 * @throws Error where all lines of a full page have one time: no page would ever get past it
 */
export function cutPage(entries: readonly LokiEntry[], limit: number): { readonly lines: readonly string[]; readonly nextNs?: bigint } {
  if (entries.length < limit) return { lines: entries.map(([, line]) => line) };
  const newest = entries.reduce((max, [ns]) => (later(ns, max) ? ns : max), '0');
  const whole = entries.filter(([ns]) => ns !== newest);
  if (whole.length === 0) throw new Error(`${limit} lines or more at ${newest} ns`);
  return { lines: whole.map(([, line]) => line), nextNs: BigInt(newest) };
}

/** Compares nanoseconds as text: they are too large for numbers, and BigInts of every line would cost more than the query. */
function later(ns: string, than: string): boolean {
  return ns.length === than.length ? ns > than : ns.length > than.length;
}

const itemPattern = / item=(\d+)/;

function itemOf(line: string): number {
  const item = itemPattern.exec(line)?.[1];
  // A number that nobody has: the ledger shows it as never sent.
  return item === undefined ? 0xFFFF_FFFF : Number(item);
}
