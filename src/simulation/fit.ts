import { linearRegression, mean, rSquared } from 'simple-statistics';

/** A curve through measurements: `y = a + b·x`, or `y = a·x^b`. */
export interface Fit {
  readonly form: 'line' | 'power';
  readonly a: number;
  readonly b: number;
  /** Share of the measurements' variance that the curve explains; of its own scale, so that the two forms compare. */
  readonly r2: number;
}

export type XY = readonly [x: number, y: number];

/** Two points lie on any curve. */
const fewest = 3;
/** Within a tenth of their mean measurements are the same: a run beside another differs by as much. */
const sameWithin = 0.1;

/** The better of a line and a power law; undefined where there are too few measurements, or they are all the same. */
export function fitOf(points: readonly XY[]): Fit | undefined {
  if (points.length < fewest || isFlat(points)) return undefined;
  const fits = [line(points), ...(points.every(([x, y]) => x > 0 && y > 0) ? [power(points)] : [])];
  return fits.reduce((best, one) => (one.r2 > best.r2 ? one : best));
}

/** Whether measurements differ by no more than what one differs from itself. */
export function isFlat(points: readonly XY[]): boolean {
  const values = points.map(([, y]) => y);
  return Math.max(...values) - Math.min(...values) <= 2 * sameWithin * Math.abs(mean(values));
}

export function at({ form, a, b }: Pick<Fit, 'form' | 'a' | 'b'>, x: number): number {
  return form === 'line' ? a + b * x : a * x ** b;
}

function line(points: readonly XY[]): Fit {
  const { m, b } = linearRegression(pairs(points));
  return judged({ form: 'line', a: b, b: m }, points);
}

function power(points: readonly XY[]): Fit {
  const { m, b } = linearRegression(points.map(([x, y]) => [Math.log(x), Math.log(y)]));
  return judged({ form: 'power', a: Math.exp(b), b: m }, points);
}

function judged(curve: Omit<Fit, 'r2'>, points: readonly XY[]): Fit {
  return { ...curve, r2: rSquared(pairs(points), (x) => at(curve, x)) };
}

function pairs(points: readonly XY[]): number[][] {
  return points.map(([x, y]) => [x, y]);
}
