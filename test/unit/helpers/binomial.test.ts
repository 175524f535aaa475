import { expect, test } from 'vitest';
import { binomialPValue } from '../../../helpers/binomial.ts';

// Values of R's binom.test(successes, trials, probability)$p.value.
test.each([
  [682, 925, 0.75, 0.3824916], [3, 20, 0.5, 0.002576828], [10, 20, 0.5, 1], [0, 10, 0.05, 1], [3, 10, 0.05, 0.01150356],
])('%d of %d at %d has p %d', (successes, trials, probability, p) => {
  expect(binomialPValue(successes, trials, probability)).toBeCloseTo(p, 6);
});

test('the probabilities of thousands of trials do not vanish', () => {
  // 240 are expected of 4,800 at 5 %; the standard deviation is 15.1.
  expect(binomialPValue(240, 4800, 0.05)).toBeCloseTo(1, 6);
  expect(binomialPValue(290, 4800, 0.05)).toBeGreaterThan(0.001);
  expect(binomialPValue(293, 4800, 0.05)).toBeLessThan(0.001);
  expect(binomialPValue(188, 4800, 0.05)).toBeLessThan(0.001);
  expect(binomialPValue(4800, 4800, 0.05)).toBeLessThan(1e-300);
});

test('a probability of 0 or 1 leaves one outcome', () => {
  expect([binomialPValue(0, 10, 0), binomialPValue(1, 10, 0), binomialPValue(10, 10, 1), binomialPValue(9, 10, 1)]).toEqual([1, 0, 1, 0]);
});

test('more successes than trials are no test', () => {
  expect(() => binomialPValue(11, 10, 0.5)).toThrow('no binomial test');
});
