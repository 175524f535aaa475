/** DL-6: which traces tail sampling kept, and whether it kept them whole. Pure: spans in, a finding out. */
import { binomialPValue, reckonTraces, servicesOf, traceKind } from '../../helpers/index.ts';
import type { Finding, ServiceFlow, TraceKind, TracesReckoning, TracesSeen } from '../../helpers/index.ts';

export interface SamplingSeen {
  readonly flow: ServiceFlow;
  /** Traces 0 to here (excluded) were sent, all acknowledged. */
  readonly sent: number;
  readonly keepPercent: number;
  /** Below this p value the share of the rest that was kept is not the one that was asked for. */
  readonly pAbove: number;
  /** What Tempo has, by the trace's index in the flow. */
  readonly traces: TracesSeen['traces'];
}

type Tally = TracesReckoning & { readonly kind: TraceKind };

/** What was found of each kind, in the order error, slow, plain. */
function tallies({ flow, sent, traces }: Pick<SamplingSeen, 'flow' | 'sent' | 'traces'>): readonly [Tally, Tally, Tally] {
  const services = servicesOf(flow);
  const all = Array.from({ length: sent }, (_, trace) => trace);
  const tally = (kind: TraceKind): Tally => ({ kind, ...reckonTraces({ numbers: all.filter((trace) => traceKind(flow, trace) === kind), services, traces }) });
  return [tally('error'), tally('slow'), tally('plain')];
}

/** All failed and slow traces, the asked share of the rest, each of them whole and none of them twice. */
export function judgeSampling(seen: SamplingSeen): Finding {
  const [error, slow, plain] = tallies(seen);
  const kept = plain.sent - plain.missing;
  const p = binomialPValue(kept, plain.sent, seen.keepPercent / 100);
  const partial = error.partial + slow.partial + plain.partial;
  const doubled = error.doubled + slow.doubled + plain.doubled;
  const missing = error.missing + slow.missing;
  const holds = partial + doubled + missing === 0 && p > seen.pAbove && error.sent * slow.sent * plain.sent > 0;
  const percent = (100 * kept / plain.sent).toFixed(2);
  const wrong = [
    ...(partial > 0 ? [`${partial} traces only in part`] : []), ...(missing > 0 ? [`${missing} failed or slow traces lost`] : []), ...(doubled > 0 ? [`${doubled} with spans twice`] : []),
  ];
  const rest = `${kept} of ${plain.sent} others kept (${percent} %, p ${p.toPrecision(2)})`;
  return {
    holds,
    expected: `${error.sent} failed and ${slow.sent} slow traces whole, ${seen.keepPercent} % of ${plain.sent} others (p above ${seen.pAbove}), whole`,
    observed: wrong.length > 0 ? `${wrong.join(', ')}; ${rest}` : `${error.whole} failed and ${slow.whole} slow traces whole, ${rest}`,
    ...(holds ? {} : { cause: causeOf([error, slow, plain]) ?? `${percent} % of the others were kept in place of ${seen.keepPercent} %: p is ${p.toPrecision(2)}` }),
    evidence: [
      { what: 'traces by kind', shape: 'table', data: [error, slow, plain].map(({ faults: _, ...counts }) => counts) },
      { what: 'binomial test of the others', data: { kept, sent: plain.sent, share: kept / plain.sent, asked: seen.keepPercent / 100, p } },
      { what: 'first traces that are not whole', data: [error, slow].flatMap(({ kind, faults }) => faults.map((fault) => ({ kind, ...fault }))) },
    ],
  };
}

function causeOf(all: readonly Tally[]): string | undefined {
  // What is missing of the others was not meant to be kept.
  const first = all.flatMap(({ kind, faults }) => faults.filter(({ what }) => kind !== 'plain' || what !== 'no span at all').map((fault) => ({ kind, ...fault })))[0];
  return first && `trace ${first.number} (${first.kind}): ${first.what}`;
}
