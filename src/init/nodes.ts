import { bytesOf } from '../run/quantity.ts';
import { at, textAt } from './seen.ts';
import type { Seen } from './seen.ts';

/** Memory of a cluster's nodes, MiB. */
export interface SeenNodes {
  readonly count: number;
  readonly smallest: { readonly name: string; readonly memoryMiB: number };
  readonly largestMiB: number;
}

export function nodesIn(all: readonly Seen[]): SeenNodes | undefined {
  const sizes = all.filter(({ value }) => textAt(value, 'kind') === 'Node').flatMap(({ value }) => {
    const bytes = bytesOf(at(value, 'status', 'capacity', 'memory'));
    return bytes === undefined ? [] : [{ name: textAt(value, 'metadata', 'name'), memoryMiB: Math.floor(bytes / 2 ** 20) }];
  }).toSorted((a, b) => a.memoryMiB - b.memoryMiB);
  const [smallest] = sizes;
  return smallest && { count: sizes.length, smallest, largestMiB: sizes.at(-1)?.memoryMiB ?? smallest.memoryMiB };
}
