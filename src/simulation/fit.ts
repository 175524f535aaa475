import { linearRegression, mean, rSquared } from 'simple-statistics';

/** A curve through measurements: `y = a + b·x`, or `y = a·x^b`. */
export interface Fit {
  readonly form: 'line' | 'power';
  readonly a: number;
  readonly b: number;
  /**
   * Share of the measurements' variance that the curve explains. Of their logarithms where all are positive: sizes differ by decades, and a
   * small one is to count as much as a large one.
   */
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
  const positive = points.every(([x, y]) => x > 0 && y > 0);
  const curves = positive ? [line(points), power(points)] : [line(points)];
  const fits = curves.map((curve) => ({ ...curve, r2: explained(curve, points, positive ? Math.log : (value) => value) }));
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

function line(points: readonly XY[]): Omit<Fit, 'r2'> {
  const { m, b } = linearRegression(points.map(([x, y]) => [x, y]));
  return { form: 'line', a: b, b: m };
}

function power(points: readonly XY[]): Omit<Fit, 'r2'> {
  const { m, b } = linearRegression(points.map(([x, y]) => [Math.log(x), Math.log(y)]));
  return { form: 'power', a: Math.exp(b), b: m };
}

/** Minus infinity for a line that falls below what can be. */
function explained(curve: Omit<Fit, 'r2'>, points: readonly XY[], scale: (value: number) => number): number {
  const r2 = rSquared(points.map(([x, y]) => [x, scale(y)]), (x) => scale(at(curve, x)));
  return Number.isNaN(r2) ? Number.NEGATIVE_INFINITY : r2;
}
