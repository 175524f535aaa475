import type { StoredSeries } from '../../helpers/samples.ts';
import { timing } from './timing.ts';

export interface Twice { readonly target: string; readonly collectors: readonly string[]; readonly afterMs: number }

/** Samples that came less than an interval after one of the same target: through another collector, or twice through one. */
export function storedTwice(series: readonly StoredSeries[], sinceMs: number, intervalMs: number): { readonly all: readonly Twice[]; readonly lastMs: number } {
  const all = [...Map.groupBy(series, ({ target }) => target)].flatMap(([target, own]) => {
    const samples = own.flatMap(({ collector, timesMs }) => timesMs.map((atMs) => ({ collector, atMs }))).toSorted((a, b) => a.atMs - b.atMs);
    return samples.slice(1).flatMap(({ collector, atMs }, index) => {
      const last = samples[index] ?? { collector, atMs: 0 };
      const close = intervalMs * (last.collector === collector ? timing.gapTolerance : timing.sameInterval);
      return atMs - last.atMs < close ? [{ target, collectors: [last.collector, collector], afterMs: atMs - sinceMs }] : [];
    });
  });
  return { all, lastMs: Math.max(0, ...all.map(({ afterMs }) => afterMs)) };
}

/** Whether a target has a sample that is newer than `sinceMs`. */
export function storedAfter(series: readonly StoredSeries[], target: string, sinceMs: number): boolean {
  return series.some((one) => one.target === target && (one.timesMs.at(-1) ?? 0) > sinceMs);
}
