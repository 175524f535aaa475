/** What a swap of the trace backend under load changed, and what it cost. Pure: what was seen in, finding out. */
import { isDeepStrictEqual } from 'node:util';
import { acknowledgedRanges, divide, reckonTraces, refusedRanges } from '../../helpers/index.ts';
import type { Division, Finding, FlowState, LoadResult, PodLife, Swap, TracesReckoning, TracesSeen } from '../../helpers/index.ts';

/** By request number. */
type Traces = TracesSeen['traces'];

/** Requests to the apps, and what the two backends hold of them. */
export interface Asked {
  readonly load: Pick<LoadResult, 'name' | 'requests' | 'numbers'>;
  readonly tempo: Traces;
  readonly jaeger: Traces;
}

export interface Swapped {
  readonly swap: Swap;
  readonly services: readonly string[];
  /** The apps' pods before the change and at the end. */
  readonly lives: { readonly before: readonly PodLife[]; readonly after: readonly PodLife[] };
  readonly flow: FlowState;
  /** Items of the flow from this one on were sent when no collector had the old line. */
  readonly firstAfter: number;
  readonly stored: { readonly tempo: Uint32Array; readonly jaeger: Uint32Array };
  /** Over the change, and after it. */
  readonly over: Asked;
  readonly after: Asked;
}

/** Holds where one line changed, no app's pod did, nothing acknowledged is lost, and what came after the change is in Jaeger alone. */
export function judgeSwap(seen: Swapped): Finding {
  const { swap, services, lives, flow } = seen;
  const division = divisionOf(seen);
  const later = laterOf(seen);
  const over = reckonTraces({ numbers: seen.over.load.numbers ?? [], services, traces: united(seen.over) });
  const after = reckonTraces({ numbers: seen.after.load.numbers ?? [], services, traces: seen.after.jaeger });
  const faults = [
    ...(swap.diff.removed.length === 1 && swap.diff.added.length === 1 ? [] : [`${swap.diff.removed.length} lines became ${swap.diff.added.length}`]),
    ...(isDeepStrictEqual(lives.before, lives.after) ? [] : ['the apps\' pods are not what they were']),
    ...(division.lost > 0 ? [`${division.lost} acknowledged spans lost`] : []),
    ...(later.misled > 0 ? [`${later.misled} of ${later.acknowledged} spans sent after the change not in Jaeger alone`] : []),
    ...unwhole('over the change', over), ...unwhole('after it, in Jaeger', after),
    ...(seen.after.tempo.size > 0 ? [`${seen.after.tempo.size} requests after the change have spans in Tempo`] : []),
  ];
  return {
    holds: faults.length === 0 && later.acknowledged > 0 && after.sent > 0,
    expected: `one line changed, the apps' ${lives.before.length} pods untouched; ${division.acknowledged} acknowledged spans and ${over.sent} requests over the change all in Tempo or Jaeger, and what comes after it in Jaeger`,
    observed: faults.length === 0
      ? `one line changed, ${lives.after.length} pods untouched; of ${division.acknowledged} acknowledged spans ${whereText(division)}, 0 lost; ${over.whole} of ${over.sent} requests whole; after it ${later.acknowledged} spans and ${after.whole} requests in Jaeger alone`
      : `${faults.join('; ')}; of ${division.acknowledged} acknowledged spans ${whereText(division)}`,
    ...(faults.length === 0 ? {} : { cause: causeOf(division, [...over.faults, ...after.faults], swap) }),
    evidence: evidenceOf(seen, { division, later, over, after, doubled: doubledSpans(seen.over), flow }),
  };
}

function divisionOf({ flow, stored }: Swapped): Division {
  return divide({ sent: flow.sent, acknowledged: acknowledgedRanges(flow), refused: refusedRanges(flow), spansPerTrace: flow.spansPerTrace, first: stored.tempo, second: stored.jaeger });
}

interface Later { readonly acknowledged: number; readonly misled: number }

/** Of the acknowledged items that were sent after the change, those that are not in Jaeger, or in Tempo too. */
function laterOf({ flow, firstAfter, stored }: Swapped): Later {
  const [tempo, jaeger] = [new Set(stored.tempo), new Set(stored.jaeger)];
  const items = acknowledgedRanges(flow).flatMap(([start, end]) => Array.from({ length: Math.max(0, end - Math.max(start, firstAfter)) }, (_, index) => Math.max(start, firstAfter) + index));
  return { acknowledged: items.length, misled: items.filter((item) => tempo.has(item) || !jaeger.has(item)).length };
}

/** Of each request all spans that either backend has; one that both have counts once here. */
export function united({ tempo, jaeger }: Pick<Asked, 'tempo' | 'jaeger'>): Traces {
  return new Map([...new Set([...tempo.keys(), ...jaeger.keys()])].map((number) => {
    const first = tempo.get(number) ?? [];
    const known = new Set(first.map(({ spanId }) => spanId));
    return [number, [...first, ...(jaeger.get(number) ?? []).filter(({ spanId }) => !known.has(spanId))]];
  }));
}

function doubledSpans({ tempo, jaeger }: Asked): number {
  const ids = (traces: Traces): readonly string[] => [...traces].flatMap(([number, spans]) => spans.map(({ spanId }) => `${number} ${spanId}`));
  const known = new Set(ids(tempo));
  return ids(jaeger).filter((id) => known.has(id)).length;
}

function unwhole(when: string, { sent, whole, missing, partial, doubled }: TracesReckoning): readonly string[] {
  return whole === sent ? [] : [`${whole} of ${sent} requests ${when} have whole traces (${missing} missing, ${partial} partial, ${doubled} doubled)`];
}

function whereText({ onlyFirst, onlySecond, both }: Division): string {
  return `${onlyFirst} in Tempo, ${onlySecond} in Jaeger, ${both} in both`;
}

function causeOf({ lostRanges }: Division, [fault]: TracesReckoning['faults'], { diff }: Swap): string {
  const lost = lostRanges.map(([first, last]) => `${first}–${last}`).join(', ');
  return [lost && `items ${lost}`, fault && `request ${fault.number}: ${fault.what}`, `the line is now "${diff.added.join(' ').trim()}"`].filter(Boolean).join('; ');
}

interface Reckoned { readonly division: Division; readonly later: Later; readonly over: TracesReckoning; readonly after: TracesReckoning; readonly doubled: number; readonly flow: FlowState }

function evidenceOf({ swap, lives }: Swapped, { division, later, over, after, doubled, flow }: Reckoned): Finding['evidence'] {
  const { answers, firstRefusals, resends } = flow;
  const counts = (all: FlowState['answers']) => all.map(({ status, items, firstBody }) => ({ status, items, firstBody }));
  return [
    { what: 'the change, in the collectors\' resource', shape: 'table', headline: true, data: swap.diff.shown.split('\n').map((line) => ({ line })) },
    { what: 'from the change to the end of the last collector without it, seconds', data: (swap.rolledOutAtMs - swap.changedAtMs) / 1000 },
    { what: 'ledger of the flow over both backends (first: Tempo, second: Jaeger)', data: { ...division, sentAfter: later } },
    { what: 'requests over the change, by both backends together', data: { ...over, spansInBoth: doubled } },
    { what: 'requests after it, by Jaeger', data: after },
    { what: 'the sender\'s answers over the change', data: { answers: counts(answers), firstRefusals: counts(firstRefusals), resends } },
    { what: 'the apps\' pods', data: lives },
  ];
}
