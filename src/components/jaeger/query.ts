import { askBackend, Numbers } from '../backend-ask.ts';
import type { AskAs, StoredFlow } from '../stored-flow.ts';
import { traceIdOf } from '../tempo/query.ts';
import { jaegerSpans } from './spans.ts';
import type { JaegerSpan } from './spans.ts';

/** Ids of one question: 42 bytes each in its URL, and some hundred KB in its answer. */
const idsAtOnce = 100;

/**
 * Many traces by their ids, each span as often as it is stored (`raw`: what would merge copies and mend clocks is left out). Those that
 * are not there are not in the answer.
 * @throws KubeApiError where the answer is no success
 */
export async function jaegerTraces(as: AskAs, ids: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, readonly JaegerSpan[]>> {
  const found = new Map<string, readonly JaegerSpan[]>();
  for (let start = 0; start < ids.length; start += idsAtOnce) {
    const asked = ids.slice(start, start + idsAtOnce).map((id) => `traceID=${id}`).join('&');
    const answer = await askBackend(as, { path: `/api/traces?raw=true&${asked}`, signal });
    for (const [id, spans] of jaegerSpans(answer)) found.set(id, spans);
  }
  return found;
}

/** The ledger's items of a flow that Jaeger has, one entry a span. What was written is found at once. */
export async function jaegerItems(as: AskAs, flow: StoredFlow, signal: AbortSignal): Promise<Uint32Array> {
  const ids = Array.from({ length: Math.ceil(flow.sent / flow.spansPerTrace) }, (_, index) => traceIdOf(flow.name, index));
  const found = new Numbers();
  for (const spans of (await jaegerTraces(as, ids, signal)).values()) {
    // The sender's span ids are the item's number + 1.
    for (const { spanId } of spans) found.add(Number.parseInt(spanId, 16) - 1);
  }
  return found.done();
}
