/** The ledger of a flow on a running platform: looks until everything is there, then reckons up (reckon.ts). */
import type { Evidence } from '../src/claims/result.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { acknowledgedRanges, refusedRanges } from './flows.ts';
import type { FlowState } from './flows.ts';
import { reckon } from './reckon.ts';
import type { Reckoning } from './reckon.ts';
import { settle } from './settle.ts';
import { storedItems } from './stored.ts';

export { reckon } from './reckon.ts';
export type { Accounts, Reckoning } from './reckon.ts';

export interface SettleLedgerOptions {
  /** Until everything acknowledged has to be there. */
  readonly timeoutMs: number;
  /** After the deadline, for what comes late. Only spent where something is missing. */
  readonly graceMs: number;
  readonly signal: AbortSignal;
  note(text: string): void;
  /** Who else is asked. Default: all other tenants of the platform. */
  readonly others?: readonly Tenant[];
}

/**
 * Looks until the owner finds everything that was acknowledged, or the deadline passes; then once more after the grace, and
 * into every other tenant. The flow has ended.
 */
export async function settledLedger(platform: Platform, owner: Tenant, flow: FlowState, options: SettleLedgerOptions): Promise<Reckoning> {
  const look = (signal: AbortSignal) => storedItems(platform, owner, flow, signal);
  const first = await settle(`flow ${flow.name} stored`, look, (found) => missing(flow, found), options);
  const late = { ...options, timeoutMs: options.graceMs };
  const last = first.complete ? first : await settle(`what of flow ${flow.name} is late`, look, (found) => missing(flow, found), late);
  const strangers = options.others ?? platform.tenants.filter(({ name }) => name !== owner.name);
  const others: Record<string, Uint32Array> = {};
  for (const stranger of strangers) others[stranger.name] = await storedItems(platform, stranger, flow, options.signal);
  return reckon({ sent: flow.sent, acknowledged: acknowledgedRanges(flow), refused: refusedRanges(flow), firstLook: first.seen, lastLook: last.seen, others });
}

function missing(flow: FlowState, found: Uint32Array): string | undefined {
  const { lost, acknowledged } = reckon({ sent: flow.sent, acknowledged: acknowledgedRanges(flow), refused: [], firstLook: found, lastLook: found });
  return lost === 0 ? undefined : `${acknowledged - lost} of ${acknowledged} there`;
}

/** A line for `observed` and causes: `50000 sent, 49000 acknowledged, 49000 stored; lost 0, doubled 0, foreign 0, late 0`. */
export function reckoningText({ sent, acknowledged, stored, lost, doubled, foreign, late }: Reckoning): string {
  return `${sent} sent, ${acknowledged} acknowledged, ${stored} stored; lost ${lost}, doubled ${doubled}, foreign ${foreign}, late ${late}`;
}

/** For a finding's evidence. */
export function ledgerEvidence(flow: FlowState, reckoning: Reckoning): Evidence {
  return { what: `ledger of flow ${flow.name} (${flow.signal})`, data: reckoning };
}
