/** SN-3: whether back-pressure took the place of death, and nothing of what was refused is missing. Pure. */
import { lives } from '../../helpers/index.ts';
import type { Finding, FlowState, ItemRange, Limiter, MemoryLine } from '../../helpers/index.ts';
import { peakMiB, timeLine } from './time-line.ts';

export interface HeadroomSeen {
  readonly flow: FlowState;
  /** Spans that were refused at least once. */
  readonly refusedFirst: readonly ItemRange[];
  readonly line: MemoryLine;
  /** Different spans that the backend took. */
  readonly delivered: number;
  readonly memory: { readonly limitMiB: number | null; readonly goMemLimitMiB: number | null } | undefined;
  readonly limiter: Limiter;
  readonly nodeMiB: number | undefined;
}

export function judgeHeadroom({ flow, refusedFirst, line, delivered, memory, limiter, nodeMiB }: HeadroomSeen): Finding {
  const refused = refusedFirst.reduce((sum, [from, end]) => sum + end - from, 0);
  const wrong = wrongs(flow, refused, line, delivered);
  const peakRssMiB = peakMiB(line.looks);
  return {
    holds: wrong.length === 0,
    expected: `${flow.planned} spans: some refused (429 or 503), the collector alive within ${memory?.limitMiB ?? 'no'} MiB, and every one at the backend in the end`,
    observed: wrong.length > 0 ? wrong.join('; ') : `${refused} of ${flow.planned} spans refused at first, all ${delivered} delivered in the end; the collector lived, ${peakRssMiB} MiB at most`,
    ...(wrong.length > 0 ? { cause: `${line.fate.words} after ${(line.fate.atMs / 1000).toFixed(1)} s, ${peakRssMiB} MiB at most` } : {}),
    evidence: [
      {
        what: `refused, sent again, delivered (limit ${memory?.limitMiB ?? 'none'}, GOMEMLIMIT ${memory?.goMemLimitMiB ?? 'none'})`, shape: 'table', headline: true,
        data: [{ spans: flow.planned, refused, resends: flow.resends, accepted: flow.acceptedItems, delivered, end: line.fate.kind, peakMiB: peakRssMiB, restarts: line.looks.at(-1)?.restarts ?? 0 }],
      },
      { what: 'memory of the collector and its node', shape: 'time-line', data: timeLine(line.looks, { limiter, nodeMiB, limitMiB: memory?.limitMiB ?? undefined }) },
      { what: 'first refusals by status', data: flow.firstRefusals.map(({ status, items, firstBody }) => ({ status, items, firstBody })) },
    ],
  };
}

function wrongs(flow: FlowState, refused: number, { fate }: MemoryLine, delivered: number): readonly string[] {
  if (!lives(fate)) return [`${fate.words}; ${delivered} of ${flow.sent} spans delivered`];
  return [
    ...(refused === 0 ? ['nothing was refused: the load was too small to show anything'] : []),
    ...(flow.acceptedItems < flow.planned ? [`${flow.planned - flow.acceptedItems} of ${flow.planned} spans never taken`] : []),
    ...(delivered < flow.acceptedItems ? [`${flow.acceptedItems - delivered} of ${flow.acceptedItems} acknowledged spans not delivered`] : []),
  ];
}
