/** Traces of a flow with services: which ids and spans they have, and what kind they are. The same rules as fixtures/sender/traces.go. */
import { traceIdPrefix } from '../tempo/query.ts';
import type { FlowOrder } from './flow.ts';

export type TraceKind = 'plain' | 'error' | 'slow';

/** What a flow with services is ordered with. */
export type ServiceFlow = Pick<FlowOrder, 'name' | 'errorEvery' | 'slowEvery'> & { readonly services: number; readonly batch: number };

/** 32 hex digits. */
export function serviceTraceId({ name }: Pick<FlowOrder, 'name'>, trace: number): string {
  return traceIdPrefix(name) + mixed(BigInt(trace) + 1n).toString(16).padStart(16, '0');
}

export function traceKind({ errorEvery = 0, slowEvery = 0 }: ServiceFlow, trace: number): TraceKind {
  if (errorEvery > 0 && trace % errorEvery === 0) return 'error';
  return slowEvery > 0 && trace % slowEvery === slowEvery - 1 ? 'slow' : 'plain';
}

/** Service names in the order of the chain; the first one has the root. */
export function servicesOf({ name, services }: ServiceFlow): readonly string[] {
  return Array.from({ length: services }, (_, position) => `${name}-${String(position).padStart(6, '0')}`);
}

/** What a span of the flow was sent as, by its id. */
export interface SentSpan {
  readonly spanId: string;
  /** Empty for a root. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly service: string;
}

/** Service and parent of a span follow from its id, which is its number in the flow + 1. */
export function sentSpan(flow: ServiceFlow, spanId: string): SentSpan {
  const number = Number.parseInt(spanId, 16) - 1;
  const position = Math.floor((number % (flow.batch * flow.services)) / flow.batch);
  const parentSpanId = position === 0 ? '' : (number - flow.batch + 1).toString(16).padStart(16, '0');
  return { spanId, parentSpanId, name: 'item', service: servicesOf(flow)[position] ?? '' };
}

/** The finalizer of SplitMix64 (Steele, Lea and Flood 2014). */
function mixed(number: bigint): bigint {
  let z = number;
  z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
  z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
  return z ^ (z >> 31n);
}
