/** What became of the traces of numbered requests. Pure: spans in, counts out. */
import type { StoredSpan } from './traces.ts';

type LinkedSpan = Pick<StoredSpan, 'spanId' | 'parentSpanId' | 'name' | 'service'>;

export interface TracesSeen {
  readonly numbers: readonly number[];
  /** Each of which has a span in every trace. */
  readonly services: readonly string[];
  /** By request number, every span as often as it was returned. */
  readonly traces: ReadonlyMap<number, readonly LinkedSpan[]>;
}

export interface TraceFault {
  readonly number: number;
  /** E.g. `no span of orders`, `GET of orders hangs in the air`. */
  readonly what: string;
}

export interface TracesReckoning {
  readonly sent: number;
  readonly whole: number;
  /** Without any span. */
  readonly missing: number;
  /** With spans, but not of every service, or not all of them linked to the one root. */
  readonly partial: number;
  /** With a span id more than once; such a trace may be whole otherwise, and is counted as one that is not. */
  readonly doubled: number;
  /** Of the first requests that are not whole. */
  readonly faults: readonly TraceFault[];
}

const faultsShown = 10;

/**
 * A trace is whole where every service has a span in it, one span alone is the root, and every other one's parent is there. The
 * root's own parent is the caller's span, which nobody stores.
 */
export function reckonTraces({ numbers, services, traces }: TracesSeen): TracesReckoning {
  const counts = { whole: 0, missing: 0, partial: 0, doubled: 0 };
  const faults: TraceFault[] = [];
  for (const number of numbers) {
    const spans = traces.get(number) ?? [];
    const fault = faultOf(spans, services);
    counts[fault?.kind ?? 'whole'] += 1;
    if (fault && faults.length < faultsShown) faults.push({ number, what: fault.what });
  }
  return { sent: numbers.length, ...counts, faults };
}

function faultOf(spans: readonly LinkedSpan[], services: readonly string[]): { readonly kind: 'missing' | 'partial' | 'doubled'; readonly what: string } | undefined {
  if (spans.length === 0) return { kind: 'missing', what: 'no span at all' };
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const absent = services.filter((service) => !spans.some((span) => span.service === service));
  if (absent.length > 0) return { kind: 'partial', what: `no span of ${absent.join(', ')}` };
  const [root, ...loose] = spans.filter(({ parentSpanId }) => !ids.has(parentSpanId)).toSorted(firstServiceFirst(services));
  if (!root) return { kind: 'partial', what: 'no root: its spans are each other\'s parents' };
  const [stray] = loose.filter(({ spanId }) => spanId !== root.spanId);
  if (stray) return { kind: 'partial', what: `${stray.name} of ${stray.service} hangs in the air: its parent ${stray.parentSpanId || '(none)'} is not there` };
  if (ids.size < spans.length) return { kind: 'doubled', what: `${spans.length - ids.size} spans more than once` };
  return undefined;
}

/** Of several spans without a parent, the first service's is taken for the root: requests come in there. */
function firstServiceFirst(services: readonly string[]) {
  return (a: LinkedSpan, b: LinkedSpan): number => Number(b.service === services[0]) - Number(a.service === services[0]);
}
