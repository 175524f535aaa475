import { fitOf, isFlat } from './fit.ts';
import type { Fit, XY } from './fit.ts';
import type { Size } from './options.ts';
import type { Growth, Measure, Point } from './result.ts';

/** A measure as a person calls it, with its unit. */
export const measures: Readonly<Record<Measure, { readonly name: string; readonly unit: string; of(point: Point): number | undefined }>> = {
  assignSeconds: { name: 'assignment time', unit: 's', of: (point) => point.assignSeconds },
  joinSeconds: { name: 'time to reassign when a collector joins', unit: 's', of: (point) => point.changes.join?.seconds },
  peakMiB: { name: 'peak memory of the allocator', unit: 'MiB', of: (point) => point.memory?.peakMiB },
  liveMiB: { name: 'memory that it has to keep', unit: 'MiB', of: (point) => point.memory?.liveMiB },
  joinMoves: { name: 'moves when a collector joins', unit: 'targets', of: (point) => point.changes.join?.moves },
  leaveMoves: { name: 'moves when a collector leaves', unit: 'targets', of: (point) => point.changes.leave?.moves },
  restartMoves: { name: 'moves when the allocator restarts', unit: 'targets', of: (point) => point.changes.restart?.moves },
};

/** A curve that leaves more than half unexplained explains nothing. */
export const explains = 0.5;

/** How each measure grows over the points at which it was seen. */
export function growthOf(points: readonly Point[], varied: keyof Size): readonly Growth[] {
  return (Object.keys(measures) as Measure[]).map((measure) => {
    const seen = points.flatMap((point): XY[] => {
      const value = measures[measure].of(point);
      return value === undefined ? [] : [[point[varied], value]];
    });
    const fit = fitOf(seen);
    return { measure, points: seen, ...(fit ? { fit } : {}), says: says(measure, seen, fit, varied) };
  });
}

function says(measure: Measure, seen: readonly XY[], fit: Fit | undefined, varied: keyof Size): string {
  const { name, unit } = measures[measure];
  const values = seen.map(([, y]) => y);
  if (values.length === 0) return `${name}: not seen`;
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => `${round(value)}`);
  const range = low === high ? `${low} ${unit}` : `${low} to ${high} ${unit}`;
  if (fit && fit.r2 < explains) return `${name}: ${range}; neither a line nor a power law fits (r² ${fit.r2.toFixed(2)} at best)`;
  if (fit) return `${name}: ${formula(fit, varied, unit)}, r² ${fit.r2.toFixed(2)} (${range})`;
  return `${name}: ${range}${values.length < 3 ? '; a fit takes three points' : isFlat(seen) ? `, whatever the ${varied}` : ''}`;
}

/** `grows as nodes^0.52`, `0.2 s + 0.1 s a thousand nodes`. */
function formula({ form, a, b }: Fit, varied: keyof Size, unit: string): string {
  if (form === 'power') return `${b < 0 ? 'falls' : 'grows'} as ${varied}^${b.toFixed(2)}`;
  return `${round(a)} ${unit} ${b < 0 ? '-' : '+'} ${round(Math.abs(b) * 1000)} ${unit} a thousand ${varied}`;
}

/** Three digits that count. */
export function round(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}
