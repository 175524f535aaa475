/** The looks at a small node as rows for a chart. */
import type { Limiter, MemoryLook } from '../../helpers/index.ts';

export interface Marks {
  /** MiB of heap from which the limiter refuses, and from which it forces a collection. */
  readonly softMiB: number;
  readonly hardMiB: number;
}

/** What the limiter works with: of its container's limit, else of what /proc/meminfo says, which is the node's. Its module's README. */
export function marksOf(limiter: Limiter, ofMiB: number | undefined): Marks | undefined {
  if (limiter === 'none' || ofMiB === undefined) return undefined;
  const part = (percent: string | number | undefined): number => (ofMiB * Number(percent ?? 0)) / 100;
  const hardMiB = Math.round(Number(limiter['limit_mib'] ?? 0) || part(limiter['limit_percentage']));
  // A spike that is not set is a fifth of the limit.
  const spikeMiB = Number(limiter['spike_limit_mib'] ?? 0) || part(limiter['spike_limit_percentage']) || hardMiB / 5;
  return { hardMiB, softMiB: Math.round(hardMiB - spikeMiB) };
}

/** Resident memory of a collector at its highest, MiB. */
export function peakMiB(looks: readonly MemoryLook[]): number {
  return Math.max(0, ...looks.map(({ own }) => own?.rssMiB ?? 0));
}

/** MiB, spans and requests; a cell is left out where nobody knew. */
export function timeLine(looks: readonly MemoryLook[], { limiter, nodeMiB, limitMiB }: { readonly limiter: Limiter; readonly nodeMiB: number | undefined; readonly limitMiB?: number | undefined }): readonly Readonly<Record<string, number | string>>[] {
  const marks = marksOf(limiter, limitMiB ?? nodeMiB);
  return looks.map(({ atMs, node, own, accepted, refused, restarts, state, hostFreeMiB }) => ({
    atMs, ...node,
    ...(own ? { collectorRssMiB: own.rssMiB, collectorHeapMiB: own.heapMiB, queuedRequests: own.queued } : {}),
    ...marks, accepted, refused, restarts, state: state.is, hostFreeMiB,
  }));
}
