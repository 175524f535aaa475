/** Traces of a flow with services, read by their ids. */
import { serviceTraceId } from '../src/components/sender/service-traces.ts';
import type { ServiceFlow } from '../src/components/sender/service-traces.ts';
import { searchTraces } from '../src/components/tempo/search.ts';
import type { StoredSpan } from '../src/components/tempo/spans.ts';
import { tracesById } from '../src/components/tempo/traces.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { backendNamed } from './flows.ts';
import type { FlowState } from './flows.ts';

export { servicesOf, traceKind } from '../src/components/sender/service-traces.ts';
export type { ServiceFlow, TraceKind } from '../src/components/sender/service-traces.ts';

/** Indices of the flow's traces of which anything is found: one search for all of them, which sees what has been cut into a block. */
export async function foundTraces(platform: Platform, tenant: Tenant, flow: ServiceFlow, state: FlowState, signal: AbortSignal): Promise<readonly number[]> {
  const traces = Math.ceil(state.sent / flow.services);
  const byId = new Map(Array.from({ length: traces }, (_, trace) => [serviceTraceId(flow, trace), trace]));
  const bounds = { fromMs: state.firstDataMs, toMs: state.lastDataMs, traces, spansPerTrace: 1 };
  const found = await searchTraces({ ...backendNamed(platform, 'tempo'), tenant: tenant.id }, `{resource.service.name=~"${flow.name}-.*"}`, bounds, signal);
  return found.flatMap(({ traceId }) => byId.get(traceId) ?? []);
}

/** By the trace's index in the flow; those that the tenant has nothing of are not in the answer. */
export async function serviceTraces(platform: Platform, tenant: Tenant, flow: ServiceFlow, traces: readonly number[], signal: AbortSignal): Promise<ReadonlyMap<number, readonly StoredSpan[]>> {
  const byId = new Map(traces.map((trace) => [serviceTraceId(flow, trace), trace]));
  const found = await tracesById({ ...backendNamed(platform, 'tempo'), tenant: tenant.id }, [...byId.keys()], signal);
  return new Map([...found].map(([id, spans]) => [byId.get(id) ?? -1, spans]));
}
