import plot from 'simple-ascii-chart';
import { at } from './fit.ts';
import { explains, measures, round } from './growth.ts';
import type { Size } from './options.ts';
import type { Growth } from './result.ts';

const height = 7;
const widest = 72;

/** Columns that the axis and the points' labels take beside the chart itself. */
const frame = 12;

/** Measurements as points on the curve that fits them, over a logarithmic axis; empty where no curve fits. */
export function chartOf({ measure, points, fit }: Growth, varied: keyof Size, columns: number): string {
  if (!fit || fit.r2 < explains) return '';
  const { name, unit } = measures[measure];
  const width = Math.min(widest, columns - frame);
  const xs = points.map(([x]) => Math.log10(x));
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const top = Math.max(...points.map(([x, y]) => Math.max(y, at(fit, x))));
  const curve = Array.from({ length: width }, (_, index): [number, number] => {
    const x = from + ((to - from) * index) / (width - 1);
    return [x, Math.min(top, Math.max(0, at(fit, 10 ** x)))];
  });
  return plot(curve, {
    width, height, title: `${name}, ${unit}`, xLabel: `${varied}, logarithmic`, yRange: [0, top],
    points: points.map(([x, y]) => ({ x: Math.log10(x), y })), customXAxisTicks: xs, customYAxisTicks: [0, top / 2, top],
    formatter: (value, { axis }) => String(axis === 'x' ? Math.round(10 ** value) : round(value)),
  }).split('\n').map((line) => line.trimEnd()).filter((line) => line !== '').join('\n');
}
