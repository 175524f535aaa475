/** The smallest memory limit that carries a load, by trials. Pure but for the trial, which is the caller's. */
import type { Limiter } from '../../helpers/index.ts';

/** Limits that are tried, MiB: steps of a half and a third, as people choose them. */
const ladderMiB: readonly number[] = [64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192];

/** What a limiter with a size of its own leaves beside it: it must act before the kernel does. */
const limiterShare = 0.8;

/** Those up to the most that may be had, which the limiter fits. */
export function limitsToTry(limiter: Limiter, mostMiB: number): readonly number[] {
  const ownMiB = limiter === 'none' ? 0 : Number(limiter['limit_mib'] ?? 0);
  return ladderMiB.filter((limit) => limit <= mostMiB && limit * limiterShare >= ownMiB);
}

/** What Go's heap takes for each byte of a queued span. Where the search begins, no more. */
const heapOfBytes = 1.5;

/** Heap of a collector without load, MiB. */
const idleMiB = 60;

/** Soft mark of a limiter of 80 % with a spike of 25 %: what it lets in. */
const letIn = 0.55;

export interface Load {
  readonly spansPerSecond: number;
  readonly spanBytes: number;
  readonly outageSeconds: number;
}

/** Where the search begins, MiB. */
export function guessMiB({ spansPerSecond, spanBytes, outageSeconds }: Load): number {
  return (idleMiB + (spansPerSecond * spanBytes * heapOfBytes * (outageSeconds + 1)) / 1024 ** 2) / letIn;
}

/**
 * Tries limits, each once, from the guess upwards until one carries, or downwards until one does not.
 * @returns the smallest that carries; undefined where the largest does not
 */
export async function smallestLimit(limits: readonly number[], guess: number, carries: (limitMiB: number) => Promise<boolean>): Promise<number | undefined> {
  const from = limits.findIndex((limit) => limit >= guess);
  let at = from === -1 ? limits.length - 1 : from;
  const first = limits[at];
  if (first === undefined) return undefined;
  if (await carries(first)) {
    for (let below = limits[at - 1]; below !== undefined && await carries(below); below = limits[at - 1]) at -= 1;
    return limits[at];
  }
  for (at += 1; at < limits.length; at += 1) if (await carries(limits[at] as number)) return limits[at];
  return undefined;
}
