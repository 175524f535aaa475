/** The exact two-sided binomial test. Pure: numbers in, a probability out. */

/** Outcomes as likely as the one seen up to rounding count as well: the tolerance that R's binom.test has. */
const tolerance = 1 + 1e-7;

/**
 * How probable it is that of `trials` with the given probability a number comes out that is no more likely than the one seen: the
 * p value of R's binom.test.
 * @throws Error where the numbers are none of such a test
 */
export function binomialPValue(successes: number, trials: number, probability: number): number {
  if (!(trials >= 0 && successes >= 0 && successes <= trials && probability >= 0 && probability <= 1)) {
    throw new Error(`no binomial test of ${successes} in ${trials} at ${probability}`);
  }
  const all = logDistribution(trials, probability);
  const seen = (all[successes] ?? -Infinity) + Math.log(tolerance);
  if (all[successes] === -Infinity) return 0;
  return Math.min(1, all.filter((one) => one <= seen).reduce((sum, one) => sum + Math.exp(one), 0));
}

/** Logarithms of the probabilities of 0 to `trials`: as plain numbers the first of thousands of trials would be zero. */
function logDistribution(trials: number, probability: number): readonly number[] {
  if (probability === 0 || probability === 1) return Array.from({ length: trials + 1 }, (_, k) => (k === trials * probability ? 0 : -Infinity));
  const odds = Math.log(probability) - Math.log1p(-probability);
  const all = [trials * Math.log1p(-probability)];
  for (let k = 0; k < trials; k += 1) all.push((all[k] ?? 0) + Math.log((trials - k) / (k + 1)) + odds);
  return all;
}
