/** Traces of numbered requests, each read by its id: no search, which would find only what has been cut into a block. */
import { traceIdOf } from '../src/components/tempo/query.ts';
import type { StoredSpan } from '../src/components/tempo/spans.ts';
import { tracesById } from '../src/components/tempo/traces.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { seenBy } from './flows.ts';
import type { LoadResult } from './load.ts';
import { settle } from './settle.ts';
import type { Settling } from './settle.ts';
import { reckonTraces } from './whole-traces.ts';

export type { AttributeValue, SpanKind, StoredSpan } from '../src/components/tempo/spans.ts';

/** The trace id that a load's request was sent with. */
export function requestTraceId(load: Pick<LoadResult, 'name'>, number: number): string {
  return traceIdOf(load.name, number);
}

/** By request number; those without any span are not in the answer. Readiness probes have other trace ids, so theirs are not either. */
export async function requestTraces(platform: Platform, tenant: Tenant, load: Pick<LoadResult, 'name' | 'numbers'>, signal: AbortSignal): Promise<ReadonlyMap<number, readonly StoredSpan[]>> {
  const byId = new Map((load.numbers ?? []).map((number) => [requestTraceId(load, number), number]));
  const found = await tracesById(seenBy(platform, 'tempo', tenant), [...byId.keys()], signal);
  return new Map([...found].map(([id, spans]) => [byId.get(id) ?? -1, spans]));
}

/**
 * Reads until every request's trace is whole or time is up, then all of them once more: a copy that comes late must show as well.
 * Traces that are whole are not asked for again meanwhile.
 */
export async function settledTraces(
  platform: Platform, tenant: Tenant, load: Pick<LoadResult, 'name' | 'numbers'>, services: readonly string[], options: Settling,
): Promise<ReadonlyMap<number, readonly StoredSpan[]>> {
  const found = new Map<number, readonly StoredSpan[]>();
  const isWhole = (number: number): boolean => reckonTraces({ numbers: [number], services, traces: found }).whole === 1;
  const { numbers = [] } = load;
  await settle(`traces of ${load.name} whole`, async (signal) => {
    const open = numbers.filter((number) => !isWhole(number));
    for (const [number, spans] of await requestTraces(platform, tenant, { name: load.name, numbers: open }, signal)) found.set(number, spans);
    return numbers.filter(isWhole).length;
  }, (whole) => (whole === numbers.length ? undefined : `${whole} of ${numbers.length} whole`), options);
  return requestTraces(platform, tenant, load, options.signal);
}
