import PQueue from 'p-queue';
import { KubeApiError } from '../../clusters/kubernetes.ts';
import { Numbers, askBackend, askBackendBytes } from '../backend-ask.ts';
import { fieldsOf } from '../protobuf.ts';
import type { AskAs, StoredFlow } from '../stored-flow.ts';

/** Up to here traces are read one by one: exact at once, live traces included, at some milliseconds each. */
const mostTracesById = 500;

/** More at once only queue up in Tempo. */
const requestsAtOnce = 8;

/**
 * The ledger's items of a flow that a tenant finds, one entry a span. Tempo merges copies of a span where it
 * puts pieces of a trace together, and not within a piece. Flows of more traces than can be read one by one are searched: a trace
 * is found there only some seconds after its last span.
 */
export async function tempoItems(as: AskAs, flow: StoredFlow, signal: AbortSignal): Promise<Uint32Array> {
  const traces = Array.from({ length: Math.ceil(flow.sent / flow.spansPerTrace) }, (_, index) => index);
  const found = new Numbers();
  const searched = traces.length <= mostTracesById ? new Map<number, readonly number[]>() : await search(as, flow, traces.length, signal);
  const short = traces.filter((trace) => (searched.get(trace)?.length ?? 0) < Math.min(flow.spansPerTrace, flow.sent - trace * flow.spansPerTrace));
  // Where most are missing they are not there yet, or not the tenant's: only those are asked for of which a part was found.
  const byId = new Set(short.length <= mostTracesById ? short : short.filter((trace) => searched.has(trace)));
  for (const [trace, items] of searched) if (!byId.has(trace)) items.forEach((item) => found.add(item));
  const queue = new PQueue({ concurrency: requestsAtOnce });
  await queue.addAll([...byId].map((trace) => async () => {
    for (const item of await traceItems(as, traceIdOf(flow.name, trace), signal)) found.add(item);
  }));
  return found.done();
}

/**
 * Items of one trace: Trace → batches (1) → scope_spans (2) → spans (2) → span_id (2). As JSON Tempo takes four times as long.
 * @returns none where the tenant has no such trace
 * @throws KubeApiError for any other answer
 */
async function traceItems(as: AskAs, id: string, signal: AbortSignal): Promise<readonly number[]> {
  const items: number[] = [];
  const answer = await bytesOf(as, id, signal);
  for (const batch of fieldsOf(answer, 1)) {
    for (const scope of fieldsOf(batch, 2)) {
      for (const span of fieldsOf(scope, 2)) for (const spanId of fieldsOf(span, 2)) items.push(itemOfSpan(spanId));
    }
  }
  return items;
}

async function bytesOf(as: AskAs, id: string, signal: AbortSignal): Promise<Buffer> {
  try {
    return await askBackendBytes(as, 'tempo', { path: `/api/traces/${id}`, headers: { Accept: 'application/protobuf' }, signal });
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return Buffer.alloc(0);
    throw error;
  }
}

interface SearchAnswer {
  readonly traces?: readonly { readonly traceID: string; readonly spanSet?: { readonly spans: readonly { readonly spanID: string }[] } }[];
}

/**
 * Items by index of their trace. Of a trace that lies in several pieces (live, WAL, blocks) a search answers the largest and
 * drops the others, so what it finds of a trace may be too little, and never too much.
 */
async function search(as: AskAs, flow: StoredFlow, traces: number, signal: AbortSignal): Promise<ReadonlyMap<number, readonly number[]>> {
  const params = {
    q: `{resource.service.name="${flow.name}"}`, limit: traces, spss: flow.spansPerTrace,
    start: Math.floor(flow.firstDataMs / 1000), end: Math.ceil(flow.lastDataMs / 1000) + 1,
  };
  const answer = await askBackend(as, 'tempo', { path: '/api/search', params, signal }) as SearchAnswer;
  // Tempo leaves out zeros at the start of trace ids, and of span ids too.
  return new Map((answer.traces ?? []).map(({ traceID, spanSet }) => [
    Number.parseInt(traceID.slice(-16), 16),
    (spanSet?.spans ?? []).map(({ spanID }) => itemOfSpan(Buffer.from(spanID.padStart(16, '0'), 'hex'))),
  ]));
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
