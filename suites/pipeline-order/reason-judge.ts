/** PO-2: what became of spans that a filter should drop, and of those that a limiter refused. Pure: ledgers in, a finding out. */
import { ledgerEvidence, lintFindingText } from '../../helpers/index.ts';
import type { Finding, FlowState, ItemRange, LintFinding, Reckoning } from '../../helpers/index.ts';

export interface Sent {
  readonly flow: FlowState;
  readonly ledger: Reckoning;
}

export interface ReasonSeen {
  /** What the filter is there for, and what it must leave alone. */
  readonly dropped: Sent;
  readonly kept: Sent;
  readonly flood: Sent;
  /** Spans of the flood that were refused at least once. */
  readonly refusedFirst: readonly ItemRange[];
  /** Different spans of the flood that the backend took, by the gate's count. */
  readonly taken: number;
  /** What lint says of this order. */
  readonly linted: readonly LintFinding[];
  /** Of the collectors' logs: the first line that tells of data refused. */
  readonly logLine: string | undefined;
}

export function judgeReason(seen: ReasonSeen): Finding {
  const { dropped, kept, flood, linted, logLine } = seen;
  const [filter, limiter] = [filterWords(seen), limiterWords(seen)];
  const holds = filter.holds && limiter.holds;
  const causes = [...linted.map(lintFindingText), ...(logLine === undefined ? [] : [`the collector: ${logLine}`])];
  return {
    holds,
    expected: `none of ${dropped.ledger.sent} spans that the filter is there for stored, and all ${kept.ledger.sent} others; of ${flood.flow.planned} spans some refused, and none lost that was acknowledged`,
    observed: `${filter.words}; ${limiter.words}`,
    ...(holds ? {} : { cause: causes.join('; ') || 'lint finds nothing in this order, and no collector says that it refused anything' }),
    evidence: [
      { what: 'what was sent, and what became of it', shape: 'table', headline: true, data: rows(seen) },
      ledgerEvidence(flood.flow, flood.ledger),
      { what: 'first refusals by status', data: flood.flow.firstRefusals.map(({ status, items, firstBody }) => ({ status, items, firstBody })) },
      { what: 'what lint finds of the order, in the configuration that collectors run with', data: linted },
    ],
  };
}

interface Half { readonly holds: boolean; readonly words: string }

function filterWords({ dropped, kept }: ReasonSeen): Half {
  const gone = dropped.ledger.sent - dropped.ledger.stored;
  return {
    holds: dropped.ledger.sent > 0 && dropped.ledger.stored === 0 && kept.ledger.stored === kept.ledger.sent,
    words: `the filter dropped ${gone} of ${dropped.ledger.sent} spans, and ${kept.ledger.sent - kept.ledger.stored} of ${kept.ledger.sent} that it should leave alone`,
  };
}

function limiterWords({ flood: { flow, ledger }, refusedFirst }: ReasonSeen): Half {
  const refused = count(refusedFirst);
  const wrong = [
    ...(ledger.lost > 0 ? [`${ledger.lost} of ${ledger.acknowledged} acknowledged spans lost, ${refused} refused`] : []),
    ...(ledger.lost === 0 && refused === 0 ? ['nothing was refused: the flood was too small to show anything'] : []),
    ...(ledger.acknowledged < flow.planned ? [`${flow.planned - ledger.acknowledged} of ${flow.planned} spans never taken`] : []),
  ];
  return { holds: wrong.length === 0, words: wrong.length > 0 ? wrong.join(', ') : `${refused} of ${flow.planned} spans refused at first, all acknowledged in the end, none lost` };
}

function rows({ dropped, kept, flood, refusedFirst, taken }: ReasonSeen): readonly Readonly<Record<string, string | number>>[] {
  const row = (what: string, { flow, ledger }: Sent): Readonly<Record<string, string | number>> => ({
    what, sent: ledger.sent, acknowledged: ledger.acknowledged, refusedFirst: count(flow === flood.flow ? refusedFirst : []), sentAgain: flow.resends, stored: ledger.stored, takenByGate: flow === flood.flow ? taken : '',
  });
  return [row('to be dropped', dropped), row('to be kept', kept), row('flood', flood)];
}

function count(ranges: readonly ItemRange[]): number {
  return ranges.reduce((sum, [from, end]) => sum + end - from, 0);
}
