/** What became of numbered items: lost, doubled, with a stranger, late. Pure but for settledLedger, which looks. */
import type { Evidence } from '../src/claims/result.ts';
import type { Platform, Tenant } from '../src/platform/platform.ts';
import { acknowledgedRanges, refusedRanges } from './flows.ts';
import type { FlowState, ItemRange } from './flows.ts';
import { settle } from './settle.ts';
import { storedItems } from './stored.ts';
import { setTimeout as pause } from 'node:timers/promises';

/** What was sent and what was found; numbers are those of items, one entry for each time that one was returned. */
export interface Accounts {
  /** Items 0 to here (excluded) were sent. */
  readonly sent: number;
  readonly acknowledged: readonly ItemRange[];
  readonly refused: readonly ItemRange[];
  /** What the owner's query returned at the deadline, and after the grace that followed. */
  readonly firstLook: Uint32Array;
  readonly lastLook: Uint32Array;
  /** What others' queries returned, by their names. */
  readonly others?: Readonly<Record<string, Uint32Array>>;
}

/** Counts of items. Ranges are the first five of each kind, `[first, last]` both included. */
export interface Reckoning {
  readonly sent: number;
  readonly acknowledged: number;
  readonly refused: number;
  /** Sent without an answer: may be stored or not, and is no loss. */
  readonly unanswered: number;
  /** Different items that the owner found at the last look. */
  readonly stored: number;
  /** Acknowledged and never found by the owner. */
  readonly lost: number;
  readonly lostRanges: readonly ItemRange[];
  /** Found more than once by the owner. */
  readonly doubled: number;
  readonly doubledRanges: readonly ItemRange[];
  /** Found by somebody else; by whom, how many. */
  readonly foreign: number;
  readonly foreignRanges: readonly ItemRange[];
  readonly foreignTo: Readonly<Record<string, number>>;
  /** Acknowledged, not there at the deadline, but after the grace. */
  readonly late: number;
  /** Stored although the sender was told that it was refused. */
  readonly refusedStored: number;
  /** Found with numbers that were never sent: somebody else uses the flow's name. */
  readonly neverSent: number;
}

/** Reckons a flow up. A million items take 5 MB and milliseconds. */
export function reckon(accounts: Accounts): Reckoning {
  throw new Error(`not yet: ${accounts.sent}`);
}

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
  if (!first.complete) await pause(options.graceMs, undefined, { signal: options.signal });
  const lastLook = first.complete ? first.seen : await look(options.signal);
  const strangers = options.others ?? platform.tenants.filter(({ name }) => name !== owner.name);
  const others: Record<string, Uint32Array> = {};
  for (const stranger of strangers) others[stranger.name] = await storedItems(platform, stranger, flow, options.signal);
  return reckon({ sent: flow.sent, acknowledged: acknowledgedRanges(flow), refused: refusedRanges(flow), firstLook: first.seen, lastLook, others });
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
