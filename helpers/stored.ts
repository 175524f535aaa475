/** What a backend returns to one tenant, in bulk: numbers of items, not one request an item. */
import type { StoredFlow } from '../src/components/stored-flow.ts';
import { lokiItems } from '../src/components/loki/query.ts';
import { mimirCount, mimirItems } from '../src/components/mimir/query.ts';
import { tempoItems } from '../src/components/tempo/query.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { backendOf, seenBy } from './flows.ts';
import type { FlowSignal, FlowState } from './flows.ts';

const readers = { metrics: mimirItems, logs: lokiItems, traces: tempoItems } as const;

/**
 * The items of a flow that a tenant's own query returns now, one entry for each time that the backend returned it. Copies with the
 * same time are one sample in Mimir and one line in Loki; of copies of a span Tempo merges most. What is counted as doubled is
 * what a user of the backend would see doubled, and may be less than was sent twice.
 * @throws KubeApiError with the backend's own answer where it refuses the query
 */
export async function storedItems(platform: Platform, tenant: Tenant, flow: FlowState, signal: AbortSignal): Promise<Uint32Array> {
  if (flow.signal === 'get') throw new Error(`${flow.name} asks and sends nothing`);
  return readItems(platform, tenant, flow.signal, flow, signal);
}

/** The same for any X-Scope-OrgID: what one query of that id sees, whichever tenant it belongs to. */
export async function readItems(platform: Platform, tenant: Pick<Tenant, 'id' | 'headers'>, kind: FlowSignal, flow: StoredFlow, signal: AbortSignal): Promise<Uint32Array> {
  // Nothing was sent, so there is no time to ask for.
  if (flow.sent === 0) return new Uint32Array(0);
  return readers[kind](seenBy(platform, backendOf[kind], tenant), flow, signal);
}

/** How many samples of a flow Mimir itself counts for a tenant: a second witness beside storedItems, without a number for each. */
export async function storedSampleCount(platform: Platform, tenant: Tenant, flow: FlowState, signal: AbortSignal): Promise<number> {
  if (flow.sent === 0) return 0;
  return mimirCount(seenBy(platform, 'mimir', tenant), flow, signal);
}
