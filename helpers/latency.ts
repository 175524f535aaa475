/** Two sets of latencies compared by their p99, with how sure that is. Pure: numbers in, numbers out. */
import { quantile, sampleWithReplacement } from 'simple-statistics';

export { quantile } from 'simple-statistics';

/** Latencies of one phase, milliseconds. */
type Phase = readonly number[];

export interface P99Ratio {
  /** p99 of what is compared with, and of what is compared; milliseconds. */
  readonly baseMs: number;
  readonly underMs: number;
  readonly ratio: number;
  /** The ratio is between these with a probability of 98 %: it is below `low` with 1 %. */
  readonly low: number;
  readonly high: number;
  readonly baseRequests: number;
  readonly underRequests: number;
}

const draws = 1000;

/**
 * The ratio of two p99s with its interval: a bootstrap of whole phases, drawn by a generator of its own, so that the same numbers
 * always have the same interval. Phases and not requests, because a busy machine delays all requests of some seconds: drawn one
 * by one they would look like so many independent witnesses, and the interval would be far too narrow.
 * @param base latencies, milliseconds, of each phase that is compared with; a p99 is that of all of them together
 * @param under those of each phase that is compared
 * @throws Error where one of the two is empty
 */
export function p99Ratio(base: readonly Phase[], under: readonly Phase[]): P99Ratio {
  const [all, allUnder] = [base.flat(), under.flat()];
  if (all.length === 0 || allUnder.length === 0) throw new Error(`no latencies to compare: ${all.length} and ${allUnder.length}`);
  const random = generator(1);
  const [full, fullUnder] = [base, under].map((phases) => phases.filter((phase) => phase.length > 0)) as [Phase[], Phase[]];
  const ratios = Array.from({ length: draws }, () => p99(drawn(fullUnder, random)) / p99(drawn(full, random)));
  return {
    baseMs: rounded(p99(all)), underMs: rounded(p99(allUnder)), ratio: rounded(p99(allUnder) / p99(all)),
    low: rounded(quantile(ratios, 0.01)), high: rounded(quantile(ratios, 0.99)), baseRequests: all.length, underRequests: allUnder.length,
  };
}

function drawn(from: readonly Phase[], random: () => number): number[] {
  return sampleWithReplacement([...from], from.length, random).flat();
}

function p99(latencies: number[]): number {
  return quantile(latencies, 0.99);
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}

/** A linear congruential generator modulo 2³² with the constants of Numerical Recipes: enough for drawing blocks. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
