/** What a cut network and a killed collector cost. Pure: ledgers, the gate's records and the outages in, finding out. */
import { gateFlow } from '../../helpers/index.ts';
import type { CollectorQueue, Cut, Evidence, Finding, FlowSignal, FlowState, GateRecord, KilledCollector, Reckoning } from '../../helpers/index.ts';
import { neverTaken } from './never-taken.ts';
import { timing } from './timing.ts';

const { noteSeconds } = timing.killedCollector;

/** One flow, and what everybody says of it. */
export interface Sent {
  readonly signal: FlowSignal;
  readonly flow: FlowState;
  readonly ledger: Reckoning;
  /** At the end. */
  readonly gate: GateRecord;
  /** Items that a backend had taken when the collector was killed: nothing passed the gate then. */
  readonly takenBefore: number;
}

/** A row of the headline, in items. */
interface KilledRow {
  readonly signal: FlowSignal;
  readonly sent: number;
  readonly acknowledged: number;
  readonly unanswered: number;
  readonly refused: number;
  readonly stored: number;
  readonly lost: number;
  /** Acknowledged and not taken by a backend when the collector was killed. */
  readonly held: number;
  readonly doubled: number;
  readonly sentAgain: number;
  readonly neverTaken: number;
  readonly lostItems: string;
}

export interface Ordeal {
  readonly sent: readonly Sent[];
  readonly cut: Cut;
  readonly killed: KilledCollector;
  /** By the collector's own gauge, just before. */
  readonly queue: CollectorQueue;
}

/** Holds where nothing acknowledged is lost. */
export function judgeKilled({ sent, cut, killed, queue }: Ordeal): Finding {
  const rows = sent.map((one) => rowOf(one, killed));
  const sum = (count: (row: KilledRow) => number): number => rows.reduce((all, row) => all + count(row), 0);
  const [lost, held, acknowledged] = [sum((row) => row.lost), sum((row) => row.held), sum((row) => row.acknowledged)];
  const within = rows.every((row) => row.lost <= row.held) ? 'all among' : 'more than';
  const apart = `${sum((row) => row.doubled)} doubled, ${sum((row) => row.sentAgain)} sent again; the sender had no answer for ${sum((row) => row.unanswered)} and was refused ${sum((row) => row.refused)}`;
  const cutSeconds = Math.round((cut.toMs - cut.fromMs) / 1000);
  const offender = rows.find((row) => row.lost > 0);
  return {
    holds: lost === 0,
    expected: `${acknowledged} acknowledged items, ${cut.node} cut off for ${cutSeconds} s, then the collector of ${killed.node} killed (-9) with ${held} of them in its queues: none lost`,
    observed: lost === 0
      ? `none of ${acknowledged} lost, ${held} of them in the queues of a collector when it was killed (-9), after ${cutSeconds} s without network; ${apart}`
      : `${lost} acknowledged items lost, ${within} the ${held} that the collector held when it was killed (-9); ${apart}`,
    ...(offender ? { cause: `${killed.pod} ended with code ${killed.exitCode} (${killed.reason}); ${offender.signal}: ${offender.lost} lost, items ${offender.lostItems}, ${offender.neverTaken} never taken by a backend` } : {}),
    evidence: [
      { what: 'a cut network and a killed collector, by signal', shape: 'table', headline: true, data: rows.map(({ lostItems: _, ...row }) => row) },
      { what: 'the outages; the collector\'s own count of queued items just before the kill', data: { cut, killed, queue } },
      ...sent.map((one) => timeLine(one, killed)),
      { what: 'what the sender was answered', data: sent.map(({ flow }) => ({ flow: flow.name, answers: flow.answers.map(({ ranges: _, ...answer }) => answer) })) },
    ],
  };
}

function rowOf({ signal, flow, ledger, gate, takenBefore }: Sent, { killedAtMs }: KilledCollector): KilledRow {
  return {
    signal, sent: ledger.sent, acknowledged: ledger.acknowledged, unanswered: ledger.unanswered, refused: ledger.refused,
    stored: ledger.stored, lost: ledger.lost, held: Math.max(0, acknowledgedBy(flow, killedAtMs + noteSeconds * 1000) - takenBefore),
    doubled: ledger.doubled, sentAgain: gateFlow(gate, flow.name).copies, neverTaken: neverTaken(flow, gate),
    lostItems: ledger.lostRanges.map(([first, last]) => `${first}–${last}`).join(', '),
  };
}

/** Items that the sender had been told are there. */
function acknowledgedBy({ startedAtMs, batch, latencies }: FlowState, atMs: number): number {
  return latencies.filter(([due, tookMs, , status]) => status >= 200 && status < 300 && startedAtMs + due + tookMs <= atMs).length * batch;
}

/** @returns why nothing can be said: an outage that was none */
export function withoutOrdeal({ sent, cut, killed, queue }: Ordeal): string | undefined {
  if (killed.exitCode !== 137 || killed.reason !== 'Error') return `${killed.pod} ended with code ${killed.exitCode} (${killed.reason}), and not by SIGKILL`;
  if (queue.queued === 0) return `${killed.pod} had nothing in its queues when it was killed`;
  const passed = sent.reduce((sum, { gate }) => sum + passedIn(gate, cut), 0);
  return passed > 0 ? `${passed} items came through in the seconds in which ${cut.node} was cut off` : undefined;
}

/** New items in those of the gate's seconds that lie in the cut as a whole. The first one is left out: requests were under way. */
export function passedIn({ timeline }: Pick<GateRecord, 'timeline'>, { fromMs, toMs }: Cut): number {
  return timeline.filter(({ atMs }) => atMs >= fromMs + 1000 && atMs + 1000 <= toMs).reduce((sum, { newItems }) => sum + newItems, 0);
}

function timeLine({ signal, gate }: Sent, { killedAtMs }: KilledCollector): Evidence {
  const start = gate.firstAtMs ?? 0;
  const data = gate.timeline.map(({ atMs, newItems, requests }) => ({ atMs: atMs - start, newItems, ...requests }));
  return { what: `${signal}: what the gate saw, by second; the collector was killed at ${killedAtMs - start} ms`, shape: 'time-line', data };
}
