import { askBackend } from '../backend-ask.ts';
import type { AskAs } from '../stored-flow.ts';

export interface StoredLine {
  /** Nanoseconds since the epoch, as text: too large for a number. */
  readonly ns: string;
  readonly line: string;
  /** Labels of its stream. */
  readonly labels: Readonly<Record<string, string>>;
  /** Structured metadata: where OTLP's attributes and ids (`trace_id`, `span_id`) go. */
  readonly metadata: Readonly<Record<string, string>>;
}

type Value = readonly [string, string, { readonly structuredMetadata?: Readonly<Record<string, string>> }?];

interface Answer {
  readonly data?: { readonly result: readonly { readonly stream: Readonly<Record<string, string>>; readonly values: readonly Value[] }[] };
}

export interface LineRange {
  /** Milliseconds since the epoch; from the first (included) to the second (excluded). */
  readonly fromMs: number;
  readonly toMs: number;
}

/** Of one answer; the tenants' max_entries_limit_per_query is above it. */
const linesAtOnce = 20_000;

/**
 * Lines that a tenant's query finds, with everything that is stored beside them, the oldest first. Each is returned as often as it is
 * stored; copies with the same time and stream Loki keeps as one.
 * @param query LogQL of lines, e.g. `{service_name="orders"} |= "order placed"`
 * @throws KubeApiError with Loki's own answer; Error where there are more lines than are read at once: ask for a shorter range
 */
export async function linesOf(as: AskAs, query: string, { fromMs, toMs }: LineRange, signal: AbortSignal): Promise<readonly StoredLine[]> {
  const params = { query, start: `${BigInt(fromMs) * 1_000_000n}`, end: `${BigInt(toMs) * 1_000_000n}`, limit: linesAtOnce, direction: 'forward' };
  // Without it structured metadata is mixed into the labels of the stream.
  const headers = { 'X-Loki-Response-Encoding-Flags': 'categorize-labels' };
  const answer = await askBackend(as, { path: '/loki/api/v1/query_range', params, headers, signal }) as Answer;
  const lines = (answer.data?.result ?? []).flatMap(({ stream, values }) => values.map(([ns, line, more]): StoredLine => ({
    ns, line, labels: stream, metadata: more?.structuredMetadata ?? {},
  })));
  if (lines.length >= linesAtOnce) throw new Error(`${linesAtOnce} lines or more match ${query}`);
  return lines.toSorted((a, b) => a.ns.length - b.ns.length || (a.ns < b.ns ? -1 : Number(a.ns > b.ns)));
}
