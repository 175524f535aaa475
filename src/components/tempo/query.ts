import { KubeApiError } from '../../clusters/kubernetes.ts';
import PQueue from 'p-queue';
import { Numbers, askBackend } from '../backend-ask.ts';
import type { AskAs, StoredFlow } from '../stored-flow.ts';

/** Traces up to here are read one by one, the rest by search. By id a trace is exact at once, and costs some ms. */
const mostTracesById = 500;

const requestsAtOnce = 8;

/**
 * The ledger's items of a flow that a tenant finds, one entry a span. Tempo merges copies of a span before it answers.
 * Flows of many traces are searched: a live trace is found only some seconds after its last span.
 */
export async function tempoItems(as: AskAs, flow: StoredFlow, signal: AbortSignal): Promise<Uint32Array> {
  const traces = Math.ceil(flow.sent / flow.spansPerTrace);
  const found = traces <= mostTracesById ? await byId(as, flow, traces, signal) : await bySearch(as, flow, traces, signal);
  return found.done();
}

async function byId(as: AskAs, flow: StoredFlow, traces: number, signal: AbortSignal): Promise<Numbers> {
  const found = new Numbers();
  const queue = new PQueue({ concurrency: requestsAtOnce });
  const ids = Array.from({ length: traces }, (_, index) => traceIdOf(flow.name, index));
  await queue.addAll(ids.map((id) => async () => {
    for (const span of await traceSpans(as, id, signal)) found.add(itemOfSpan(Buffer.from(span, 'base64')));
  }));
  return found;
}

interface Trace {
  readonly batches?: readonly { readonly scopeSpans: readonly { readonly spans: readonly { readonly spanId: string }[] }[] }[];
}

/** Span ids (base64) of a trace; none where the tenant has no such trace. @throws KubeApiError for any other answer */
async function traceSpans(as: AskAs, id: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { batches = [] } = await askBackend(as, 'tempo', { path: `/api/traces/${id}`, signal }) as Trace;
    return batches.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans.map(({ spanId }) => spanId)));
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return [];
    throw error;
  }
}

interface SearchAnswer {
  readonly traces?: readonly { readonly spanSets?: readonly { readonly spans: readonly { readonly spanID: string }[] }[] }[];
}

/**
 * Where a trace lies in several pieces (live, WAL, blocks), a search answers the piece with the most matching spans and drops
 * the rest. Sets of different `by` values are kept apart, so each span gets a set of its own.
 */
async function bySearch(as: AskAs, flow: StoredFlow, traces: number, signal: AbortSignal): Promise<Numbers> {
  const found = new Numbers();
  const params = {
    q: `{resource.service.name="${flow.name}"} | by(span:id)`, limit: traces, spss: flow.spansPerTrace,
    start: Math.floor(flow.firstDataMs / 1000), end: Math.ceil(flow.lastDataMs / 1000) + 1,
  };
  const answer = await askBackend(as, 'tempo', { path: '/api/search', params, signal }) as SearchAnswer;
  for (const { spanSets = [] } of answer.traces ?? []) {
    for (const { spans } of spanSets) for (const { spanID } of spans) found.add(itemOfSpan(Buffer.from(spanID.padStart(16, '0'), 'hex')));
  }
  return found;
}

/** The sender's span ids are the item's number + 1, so that none is zero. */
function itemOfSpan(id: Buffer): number {
  return Number(id.readBigUInt64BE()) - 1;
}

/** As the sender makes them: FNV-1a (64 bits) of the flow's name, then the trace's index. */
export function traceIdOf(flow: string, index: number): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(flow)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0') + index.toString(16).padStart(16, '0');
}
