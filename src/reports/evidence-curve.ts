import plot from 'simple-ascii-chart';
import type { Evidence } from '../claims/result.ts';
import type { Style } from './style.ts';

type Row = Readonly<Record<string, unknown>>;

const height = 8;
const widest = 64;

/** Columns that the axis and the labels take beside the chart itself. */
const frame = 12;

/**
 * The drawn column of a curve over its first one, and of the twin's in the same picture; empty for any other evidence.
 * @param twin evidence of the same name on the twin
 */
export function evidenceCurve({ shape, draw, data }: Evidence, twin: Evidence | undefined, style: Style): string {
  if (shape !== 'curve' || draw === undefined || !Array.isArray(data) || data.length < 2) return '';
  const [own, other] = [pointsOf(data as readonly Row[], draw), twin && Array.isArray(twin.data) ? pointsOf(twin.data as readonly Row[], draw) : []];
  const [xs, ys] = [own.map(([x]) => x), [...own, ...other].map(([, y]) => y)];
  const width = Math.min(widest, style.columns - frame);
  const series = [own, ...(other.length > 1 ? [other] : [])].map((points) => everyColumn(points, width));
  return plot(series, {
    width, height, title: draw, xLabel: Object.keys((data as readonly Row[])[0] ?? {})[0] ?? '', yRange: [0, Math.max(...ys)],
    customXAxisTicks: xs, customYAxisTicks: [0, Math.max(...own.map(([, y]) => y)), Math.max(...ys)], legend: { position: 'bottom', series: ['claim', 'twin'].slice(0, series.length) },
  }).split('\n').map((line) => line.trimEnd()).filter((line) => line !== '').join('\n');
}

function pointsOf(rows: readonly Row[], column: string): [number, number][] {
  return rows.map((row) => [Number(Object.values(row)[0]), Number(row[column])]);
}

/** Straight lines between the points, a point for each column: the chart itself draws steps. */
function everyColumn(points: readonly (readonly [number, number])[], width: number): [number, number][] {
  const [from, to] = [points[0]?.[0] ?? 0, points.at(-1)?.[0] ?? 0];
  return Array.from({ length: width }, (_, column) => {
    const x = from + ((to - from) * column) / (width - 1);
    const next = Math.max(1, points.findIndex(([at]) => at >= x));
    const [[x0, y0], [x1, y1]] = [points[next - 1] ?? [0, 0], points[next] ?? [0, 0]];
    return [x, y0 + ((y1 - y0) * (x - x0)) / (x1 - x0)];
  });
}
