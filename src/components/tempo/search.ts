import { askBackend } from '../backend-ask.ts';
import type { AskAs } from '../stored-flow.ts';

export interface FoundTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits; of the largest piece of the trace only, where it lies in several. */
  readonly spanIds: readonly string[];
}

export interface SearchBounds {
  /** Milliseconds since the epoch. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly traces: number;
  readonly spansPerTrace: number;
}

interface Answer {
  readonly traces?: readonly { readonly traceID: string; readonly spanSet?: { readonly spans: readonly { readonly spanID: string }[] } }[];
}

/** Traces that a TraceQL query finds: each has been cut into a block, which takes some seconds from its last span. */
export async function searchTraces(as: AskAs, query: string, { fromMs, toMs, traces, spansPerTrace }: SearchBounds, signal: AbortSignal): Promise<readonly FoundTrace[]> {
  const params = { q: query, limit: traces, spss: spansPerTrace, start: Math.floor(fromMs / 1000), end: Math.ceil(toMs / 1000) + 1 };
  const answer = await askBackend(as, { path: '/api/search', params, signal }) as Answer;
  // Tempo leaves out zeros at the start of ids.
  return (answer.traces ?? []).map(({ traceID, spanSet }) => ({
    traceId: traceID.padStart(32, '0'), spanIds: (spanSet?.spans ?? []).map(({ spanID }) => spanID.padStart(16, '0')),
  }));
}
