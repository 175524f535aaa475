/** What Jaeger holds, in bulk and by id: it keeps no tenants apart, so that nobody in particular asks. */
import { KubeApiError } from '../src/clusters/kube-api.ts';
import { jaegerItems, jaegerTraces } from '../src/components/jaeger/query.ts';
import type { JaegerSpan } from '../src/components/jaeger/spans.ts';
import type { AskAs } from '../src/components/stored-flow.ts';
import { tempoItems } from '../src/components/tempo/query.ts';
import type { JaegerPlace, Platform } from '../src/platform/platform.ts';
import type { FlowState } from './flows.ts';
import type { LoadResult } from './load.ts';
import { requestTraceId } from './traces.ts';

/** The items of a flow of spans that Jaeger holds now, one entry for each time that it does. */
export async function jaegerStored(platform: Platform, flow: FlowState, signal: AbortSignal): Promise<Uint32Array> {
  return flow.sent === 0 ? new Uint32Array(0) : jaegerItems(askJaeger(platform), flow, signal);
}

/** By request number, as requestTraces has them of Tempo; those without any span are not in the answer. */
export async function jaegerRequestTraces(platform: Platform, load: Pick<LoadResult, 'name' | 'numbers'>, signal: AbortSignal): Promise<ReadonlyMap<number, readonly JaegerSpan[]>> {
  const byId = new Map((load.numbers ?? []).map((number) => [requestTraceId(load, number), number]));
  const found = await jaegerTraces(askJaeger(platform), [...byId.keys()], signal);
  return new Map([...found].map(([id, spans]) => [byId.get(id) ?? -1, spans]));
}

/** What one who asks as somebody was answered. */
export interface FoundAs {
  /** Spans of the flow. */
  readonly found: number;
  /** The status of a refusal; 200 otherwise. */
  readonly status: number;
}

/** How many spans of a flow whoever asks with these headers finds, in Jaeger where there is one, otherwise in Tempo. */
export async function spansFoundAs(platform: Platform, headers: Readonly<Record<string, string>>, flow: FlowState, signal: AbortSignal): Promise<FoundAs> {
  const { access } = platform.jaeger ?? { access: platform.access.tempo };
  if (!access) throw new Error('this platform has neither jaeger nor tempo');
  try {
    const items = await (platform.jaeger ? jaegerItems : tempoItems)({ access, headers, tenant: undefined }, flow, signal);
    return { found: items.length, status: 200 };
  } catch (error) {
    if (error instanceof KubeApiError && error.status >= 400 && error.status < 500) return { found: 0, status: error.status };
    throw error;
  }
}

function askJaeger(platform: Platform): AskAs {
  return { access: jaegerOf(platform).access, tenant: undefined };
}

/** @throws Error where the platform has none */
export function jaegerOf({ jaeger }: Platform): JaegerPlace {
  if (!jaeger) throw new Error('this platform has no jaeger');
  return jaeger;
}
