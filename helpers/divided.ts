/** The ledger of one flow over two backends. Pure: numbers in, counts out. */
import type { ItemRange } from './flows.ts';
import { reckon } from './reckon.ts';

/** A flow of traces and what two backends hold of it; numbers are those of items. */
export interface Divided {
  readonly sent: number;
  readonly acknowledged: readonly ItemRange[];
  readonly refused: readonly ItemRange[];
  readonly spansPerTrace: number;
  /** One entry for each time that one was returned. */
  readonly first: Uint32Array;
  readonly second: Uint32Array;
}

/** Counts of spans, where nothing else is said. */
export interface Division {
  readonly sent: number;
  readonly acknowledged: number;
  /** Acknowledged, and in neither; the first ranges of them, both ends included. */
  readonly lost: number;
  readonly lostRanges: readonly ItemRange[];
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** In the one and in the other: sent again, since an answer was lost. */
  readonly both: number;
  /** More than once in one of them. */
  readonly repeated: number;
  /** Traces whole in one of them and not in the other at all, in pieces in both, and not whole in both together. */
  readonly traces: { readonly first: number; readonly second: number; readonly inBoth: number; readonly incomplete: number };
}

/** Says where each span and each trace of a flow is. */
export function divide({ sent, acknowledged, refused, spansPerTrace, first, second }: Divided): Division {
  const account = (found: Uint32Array) => reckon({ sent, acknowledged, refused, firstLook: found, lastLook: found });
  const [one, other, all] = [account(first), account(second), account(joined(first, second))];
  const both = one.stored + other.stored - all.stored;
  return {
    sent, acknowledged: all.acknowledged, lost: all.lost, lostRanges: all.lostRanges,
    onlyFirst: one.stored - both, onlySecond: other.stored - both, both, repeated: one.doubled + other.doubled,
    traces: tracesOf(sent, spansPerTrace, new Set(first), new Set(second)),
  };
}

function joined(first: Uint32Array, second: Uint32Array): Uint32Array {
  const all = new Uint32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}

function tracesOf(sent: number, spansPerTrace: number, first: ReadonlySet<number>, second: ReadonlySet<number>): Division['traces'] {
  const counts = { first: 0, second: 0, inBoth: 0, incomplete: 0 };
  for (let start = 0; start < sent; start += spansPerTrace) {
    const items = Array.from({ length: Math.min(spansPerTrace, sent - start) }, (_, index) => start + index);
    const [here, there] = [items.some((item) => first.has(item)), items.some((item) => second.has(item))];
    const whole = items.every((item) => first.has(item) || second.has(item));
    counts[!whole ? 'incomplete' : here && there ? 'inBoth' : here ? 'first' : 'second'] += 1;
  }
  return counts;
}
