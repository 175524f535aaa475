/** Traces of a flow with services: searched all at once, and read one by one by their ids. */
import { sentSpan, serviceTraceId } from '../src/components/sender/service-traces.ts';
import type { SentSpan, ServiceFlow } from '../src/components/sender/service-traces.ts';
import { searchTraces } from '../src/components/tempo/search.ts';
import type { StoredSpan } from '../src/components/tempo/spans.ts';
import { tracesById } from '../src/components/tempo/traces.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { seenBy } from './flows.ts';
import type { FlowState } from './flows.ts';

export { servicesOf, traceKind } from '../src/components/sender/service-traces.ts';
export type { SentSpan, ServiceFlow, TraceKind } from '../src/components/sender/service-traces.ts';

/**
 * By the trace's index what one search finds of all of them: it sees what has been cut into a block, and of a trace in several pieces the
 * largest, so that a trace may be whole where it is not whole here.
 */
export async function searchedTraces(platform: Platform, tenant: Tenant, flow: ServiceFlow, state: FlowState, signal: AbortSignal): Promise<ReadonlyMap<number, readonly SentSpan[]>> {
  const traces = Math.ceil(state.sent / flow.services);
  const byId = new Map(Array.from({ length: traces }, (_, trace) => [serviceTraceId(flow, trace), trace]));
  const bounds = { fromMs: state.firstDataMs, toMs: state.lastDataMs, traces, spansPerTrace: flow.services * 2 };
  const found = await searchTraces(seenBy(platform, 'tempo', tenant), `{resource.service.name=~"${flow.name}-.*"}`, bounds, signal);
  return new Map(found.map(({ traceId, spanIds }) => [byId.get(traceId) ?? -1, spanIds.map((id) => sentSpan(flow, id))]));
}

/** By their ids, exact at once; those that the tenant has nothing of are not in the answer. */
export async function serviceTraces(platform: Platform, tenant: Tenant, flow: ServiceFlow, traces: readonly number[], signal: AbortSignal): Promise<ReadonlyMap<number, readonly StoredSpan[]>> {
  const byId = new Map(traces.map((trace) => [serviceTraceId(flow, trace), trace]));
  const found = await tracesById(seenBy(platform, 'tempo', tenant), [...byId.keys()], signal);
  return new Map([...found].map(([id, spans]) => [byId.get(id) ?? -1, spans]));
}
