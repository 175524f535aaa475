/** What 60 s without a backend cost, by kind of outage and signal. Pure: ledgers and the gate's records in, finding out. */
import { gateFlow } from '../../helpers/index.ts';
import type { Evidence, ExporterCounts, Fault, Finding, FlowSignal, FlowState, GateRecord, Reckoning } from '../../helpers/index.ts';
import { neverTaken } from './never-taken.ts';
import { timing } from './timing.ts';

const { outageSeconds, retryAfterSeconds, answerAfterSeconds, outageShareAtLeast } = timing.outage;

export interface OutageKind {
  readonly name: string;
  readonly fault: Fault;
}

/** In the order of the tenants that have them. */
export const outageKinds: readonly OutageKind[] = [
  { name: 'gone', fault: { mode: 'refuse', seconds: outageSeconds } },
  { name: 'slow', fault: { mode: 'slow', delayMs: answerAfterSeconds * 1000, taken: true, seconds: outageSeconds } },
  { name: '503', fault: { mode: 'status', status: 503, seconds: outageSeconds } },
  { name: '429', fault: { mode: 'status', status: 429, retryAfterSeconds, seconds: outageSeconds } },
  { name: 'half', fault: { mode: 'reset', share: 0.5, seconds: outageSeconds } },
];

/** One flow, and what everybody says of it. */
export interface Outcome {
  readonly kind: string;
  readonly tenant: string;
  readonly signal: FlowSignal;
  readonly flow: FlowState;
  readonly ledger: Reckoning;
  readonly gate: GateRecord;
  readonly counts: ExporterCounts;
}

/** A row of the headline; seconds where a name says so. */
export interface OutageRow {
  readonly kind: string;
  readonly signal: FlowSignal;
  readonly sent: number;
  readonly acknowledged: number;
  readonly stored: number;
  readonly lost: number;
  /** Acknowledged to the sender, and taken by no backend by the gate's count. */
  readonly neverTaken: number;
  /** What a user of the backend sees twice. */
  readonly doubled: number;
  /** What was taken more than once, whether or not the backend shows it. */
  readonly sentAgain: number;
  /** How far behind the latest item a new one was taken. */
  readonly behindSeconds: number;
  /** From the outage's end until as much was taken as was due two seconds before, by the gate's seconds. */
  readonly lateBySeconds: number;
  readonly exporterFailed: number;
}

/** Holds where nothing acknowledged is lost; doubles and order are told apart from that. */
export function judgeOutages(outcomes: readonly Outcome[]): Finding {
  const rows = outcomes.map(rowOf);
  const sum = (count: (row: OutageRow) => number): number => rows.reduce((all, row) => all + count(row), 0);
  const [lost, neverTaken] = [sum((row) => row.lost), sum((row) => row.neverTaken)];
  const offender = outcomes.find(({ ledger, flow }) => ledger.lost > 0 || flow.ended !== 'complete');
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  const acknowledged = sum((row) => row.acknowledged);
  const counted = rows.every((row) => row.lost === row.neverTaken) ? 'exactly those' : `not the ${neverTaken}`;
  const apart = `${sum((row) => row.doubled)} doubled, ${sum((row) => row.sentAgain)} sent again`;
  const late = Math.max(...rows.map((row) => row.lateBySeconds));
  return {
    holds: offender === undefined,
    expected: `${acknowledged} acknowledged items of 3 signals, ${outageSeconds} s without a backend (${kinds.join(', ')}): none lost`,
    observed: lost === 0
      ? `none of ${acknowledged} lost, all taken ${late} s after its end; ${apart}`
      : `${lost} acknowledged items lost, ${counted} that no backend took by the gate's count: ${lossByKind(rows, kinds)}; ${apart}`,
    ...(offender ? { cause: causeOf(offender) } : {}),
    evidence: [
      { what: 'what an outage costs, by kind and signal', shape: 'table', headline: true, data: rows },
      ...outcomes.map(timeLine),
      { what: 'the gate\'s outcomes, by route', data: outcomes.map(({ gate: { name, outcomes: all, spells } }) => ({ name, outcomes: all, spells })) },
    ],
  };
}

/** @returns why nothing can be said: a route whose outage was none, or too short */
export function withoutOutage(outcomes: readonly Pick<Outcome, 'gate'>[]): string | undefined {
  const short = outcomes.find(({ gate }) => lastedMs(gate) < outageSeconds * 1000 * outageShareAtLeast);
  return short && `the outage of ${short.gate.name} lasted ${lastedMs(short.gate) / 1000} s of ${outageSeconds}`;
}

function lastedMs(gate: GateRecord): number {
  const { startedAtMs, endedAtMs = startedAtMs } = outageOf(gate);
  return endedAtMs - startedAtMs;
}

function outageOf({ spells }: GateRecord): { readonly startedAtMs: number; readonly endedAtMs?: number } {
  return spells.find(({ mode }) => mode !== 'pass') ?? { startedAtMs: 0 };
}

function rowOf({ kind, signal, flow, ledger, gate, counts }: Outcome): OutageRow {
  const passed = gateFlow(gate, flow.name);
  const perSecond = flow.planned / ((flow.lastDataMs - flow.firstDataMs) / 1000 || 1);
  return {
    kind, signal, sent: ledger.sent, acknowledged: ledger.acknowledged, stored: ledger.stored, lost: ledger.lost, neverTaken: neverTaken(flow, gate),
    doubled: ledger.doubled, sentAgain: passed.copies, behindSeconds: tenths(passed.furthest / perSecond),
    lateBySeconds: tenths(lateByMs(gate, flow) / 1000), exporterFailed: counts.failed,
  };
}

/** What comes within two seconds is on time: batch, and a second's share in the gate's time line. */
const onTimeMs = 2000;

/** Milliseconds from the outage's end until the backlog was gone; where it never went, until the last new item. */
export function lateByMs(gate: Pick<GateRecord, 'timeline' | 'spells' | 'flows'>, { name, firstDataMs, lastDataMs, sent }: Pick<FlowState, 'name' | 'firstDataMs' | 'lastDataMs' | 'sent'>): number {
  const { endedAtMs = 0 } = outageOf(gate as GateRecord);
  const dueBy = (ms: number): number => Math.min(1, (ms - firstDataMs) / (lastDataMs - firstDataMs)) * sent;
  let taken = 0;
  for (const { atMs, newItems } of gate.timeline) {
    taken += newItems;
    if (atMs + 1000 > endedAtMs && taken >= dueBy(atMs + 1000 - onTimeMs)) return Math.max(0, atMs + 1000 - endedAtMs);
  }
  return Math.max(0, (gateFlow(gate as GateRecord, name).lastNewAtMs ?? endedAtMs) - endedAtMs);
}

function lossByKind(rows: readonly OutageRow[], kinds: readonly string[]): string {
  return kinds.map((kind) => `${kind} ${rows.filter((row) => row.kind === kind).reduce((all, row) => all + row.lost, 0)}`).join(', ');
}

function causeOf({ kind, flow, ledger, counts }: Outcome): string {
  const ranges = ledger.lostRanges.map(([first, last]) => `${first}–${last}`).join(', ');
  if (ledger.lost === 0) return `${flow.name} (${kind}) ended ${flow.ended ?? 'not at all'}, ${flow.sent} of ${flow.planned} sent`;
  return `${flow.name} (${kind}): ${ledger.lost} of ${ledger.acknowledged} lost, items ${ranges}; its exporter counted ${counts.failed} failed`;
}

function timeLine({ kind, signal, gate }: Outcome): Evidence {
  const start = gate.firstAtMs ?? 0;
  const data = gate.timeline.map(({ atMs, newItems, requests }) => ({ atMs: atMs - start, newItems, ...requests }));
  return { what: `${kind}, ${signal}: what the gate saw, by second`, shape: 'time-line', data };
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
