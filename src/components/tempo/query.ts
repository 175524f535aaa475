import PQueue from 'p-queue';
import { Numbers } from '../backend-ask.ts';
import { fieldsOf } from '../protobuf.ts';
import type { AskAs, StoredFlow } from '../stored-flow.ts';
import { searchTraces } from './search.ts';
import { requestsAtOnce, traceBytes } from './traces.ts';

/** Up to here traces are read one by one: exact at once, live traces included, at some milliseconds each. */
const mostTracesById = 500;

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
 * Items of one trace: Trace → batches (1) → scope_spans (2) → spans (2) → span_id (2).
 * @returns none where the tenant has no such trace
 * @throws KubeApiError for any other answer
 */
async function traceItems(as: AskAs, id: string, signal: AbortSignal): Promise<readonly number[]> {
  const items: number[] = [];
  const answer = await traceBytes(as, id, signal) ?? Buffer.alloc(0);
  for (const batch of fieldsOf(answer, 1)) {
    for (const scope of fieldsOf(batch, 2)) {
      for (const span of fieldsOf(scope, 2)) for (const spanId of fieldsOf(span, 2)) items.push(itemOfSpan(spanId));
    }
  }
  return items;
}

/**
 * Items by index of their trace. Of a trace that lies in several pieces (live, WAL, blocks) a search answers the largest and
 * drops the others, so what it finds of a trace may be too little, and never too much.
 */
async function search(as: AskAs, flow: StoredFlow, traces: number, signal: AbortSignal): Promise<ReadonlyMap<number, readonly number[]>> {
  const bounds = { fromMs: flow.firstDataMs, toMs: flow.lastDataMs, traces, spansPerTrace: flow.spansPerTrace };
  const found = await searchTraces(as, `{resource.service.name="${flow.name}"}`, bounds, signal);
  return new Map(found.map(({ traceId, spanIds }) => [Number.parseInt(traceId.slice(-16), 16), spanIds.map((id) => itemOfSpan(Buffer.from(id, 'hex')))]));
}

/** The sender's span ids are the item's number + 1, so that none is zero. */
function itemOfSpan(id: Buffer): number {
  // Without BigInts, which a million spans would feel.
  return id.readUInt32BE(0) * 2 ** 32 + id.readUInt32BE(4) - 1;
}

/** As the sender makes them: FNV-1a (64 bits) of the flow's name, then the trace's index. */
export function traceIdOf(flow: string, index: number): string {
  return traceIdPrefix(flow) + index.toString(16).padStart(16, '0');
}

/** The first half of all trace ids of a flow. */
export function traceIdPrefix(flow: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(flow)) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
}
