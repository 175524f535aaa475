/** Two sets of latencies compared by their p99, with how sure that is. Pure: numbers in, numbers out. */
import { quantile, sampleWithReplacement } from 'simple-statistics';

export { quantile } from 'simple-statistics';

/** One request: when it was due, milliseconds on any one clock, and how long it took, milliseconds. */
export interface Timed {
  readonly atMs: number;
  readonly ms: number;
}

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

/**
 * Requests of this many milliseconds are drawn together. One pause of a busy machine delays all requests that wait meanwhile;
 * drawn one by one they would look like so many independent witnesses, and the interval would be far too narrow.
 */
const blockMs = 500;

const draws = 1000;

/**
 * The ratio of two p99s with its interval: a bootstrap of blocks (Künsch 1989), drawn by a generator of its own, so that the same
 * numbers always have the same interval.
 * @throws Error where one of the two is empty
 */
export function p99Ratio(base: readonly Timed[], under: readonly Timed[]): P99Ratio {
  if (base.length === 0 || under.length === 0) throw new Error(`no latencies to compare: ${base.length} and ${under.length}`);
  const random = generator(1);
  const [baseBlocks, underBlocks] = [blocks(base), blocks(under)];
  const ratios = Array.from({ length: draws }, () => p99(drawn(underBlocks, random)) / p99(drawn(baseBlocks, random)));
  const [baseMs, underMs] = [p99(base.map(({ ms }) => ms)), p99(under.map(({ ms }) => ms))];
  return {
    baseMs: rounded(baseMs), underMs: rounded(underMs), ratio: rounded(underMs / baseMs), low: rounded(quantile(ratios, 0.01)), high: rounded(quantile(ratios, 0.99)),
    baseRequests: base.length, underRequests: under.length,
  };
}

function blocks(all: readonly Timed[]): readonly (readonly number[])[] {
  return [...Map.groupBy(all, ({ atMs }) => Math.floor(atMs / blockMs)).values()].map((block) => block.map(({ ms }) => ms));
}

function drawn(from: readonly (readonly number[])[], random: () => number): number[] {
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
