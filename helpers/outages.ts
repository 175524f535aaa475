/** Outages of a platform's parts, each for a bounded time; what was delivered in spite of them, the ledger says. */
import type { BackendName } from '../src/components/backend.ts';
import { orderFault, routeRecord } from '../src/components/gate/control.ts';
import type { Fault } from '../src/components/gate/fault.ts';
import type { GateFlow, GateRecord } from '../src/components/gate/record.ts';
import { routeName } from '../src/platform/gate.ts';
import type { GatePlace, Platform, Tenant } from '../src/platform/platform.ts';

export type { Fault } from '../src/components/gate/fault.ts';
export type { GateFlow, GateRecord, GateSpell } from '../src/components/gate/record.ts';

/**
 * Makes the way of a tenant's data to one backend fail, in place of the fault that it had; it ends by itself.
 * @throws KubeApiError 400 for a fault beyond the gate's bounds (units: src/components/gate/fault.ts)
 */
export async function failRoute(platform: Platform, tenant: Tenant, backend: BackendName, fault: Fault, signal: AbortSignal): Promise<GateRecord> {
  return orderFault(gateOf(platform), routeName(tenant.name, backend), fault, signal);
}

/** What the gate saw of a tenant's data to one backend: requests by outcome and second, and which items the backend took. */
export async function gateRecord(platform: Platform, tenant: Tenant, backend: BackendName, signal: AbortSignal): Promise<GateRecord> {
  return routeRecord(gateOf(platform), routeName(tenant.name, backend), signal);
}

/** A flow in a route's record; one of which nothing was taken is not in it. */
export function gateFlow({ flows }: GateRecord, flow: string): GateFlow {
  return flows.find(({ name }) => name === flow) ?? { name: flow, ranges: [], distinct: 0, copies: 0, requests: 0, overtaken: 0, furthest: 0 };
}

function gateOf(platform: Platform): GatePlace {
  if (!platform.gate) throw new Error('this platform has no gate');
  return platform.gate;
}
