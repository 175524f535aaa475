import type { Finding, StoredSeries } from '../../helpers/index.ts';
import { timing } from './timing.ts';

/** What was done to the platform, in the order of time. */
export interface Change {
  readonly what: string;
  readonly startMs: number;
  /** When all of it was Ready again. */
  readonly readyMs: number;
}

export interface Changed {
  readonly changes: readonly Change[];
  /** Pods of targets when the window began, and when it ended. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Samples of the window, of whichever target. */
  readonly series: readonly StoredSeries[];
  readonly startMs: number;
  readonly endMs: number;
  readonly intervalMs: number;
}

/** What became of one target's samples. */
interface Rhythm {
  readonly target: string;
  /** Intervals without a sample, the longest time; after which moment. */
  readonly missed: number;
  /** When the first of them was due. */
  readonly missedFromMs: number;
  /** Samples that another collector took in between. */
  readonly doubled: number;
  readonly doubledAtMs: number;
  readonly collectors: readonly string[];
}

/** Judges every target that was there throughout, and whatever else was stored: how long nobody asked it, and whether two did. */
export function judgeChanges(changed: Changed): Finding {
  const { changes, before, after, series, intervalMs } = changed;
  const targets = [...new Set([...before, ...after, ...series.map(({ target }) => target)])].toSorted();
  const rhythms = targets.map((target) => rhythmOf(target, changed));
  const offenders = rhythms.filter(({ missed, doubled }) => missed > timing.changes.missedAtMost || doubled > 0);
  const missed = Math.max(...rhythms.map((one) => one.missed));
  const doubled = rhythms.filter((one) => one.doubled > 0).length;
  const samples = rhythms.reduce((sum, one) => sum + one.doubled, 0);
  const holds = offenders.length === 0;
  return {
    holds,
    expected: `${targets.length} targets, each through one collector at a time, and never ${timing.changes.missedAtMost + 1} intervals of ${intervalMs / 1000} s without a sample`,
    observed: `${changes.length} changes, ${targets.length} targets: ${missed} intervals missed at most, ${doubled === 0 ? 'none doubled' : `${doubled} targets doubled (${samples} samples)`}`,
    ...(holds ? {} : { cause: offenderText(offenders[0] as Rhythm, changed) }),
    evidence: [
      { what: 'changes, and what the targets missed in each', shape: 'table', headline: true, data: changes.map((change, index) => changeRow(change, changes[index + 1]?.startMs ?? Infinity, rhythms)) },
      { what: 'Mimir: rhythm of each target', data: rhythms },
      { what: 'offenders', data: offenders.map((one) => offenderText(one, changed)) },
    ],
  };
}

function rhythmOf(target: string, { series, before, after, startMs, endMs, intervalMs }: Changed): Rhythm {
  const own = series.filter((one) => one.target === target);
  const times = own.flatMap(({ timesMs }) => timesMs).toSorted((a, b) => a - b);
  // One that came or went was not there to be asked before its first sample, or after its last.
  const marks = [...(before.includes(target) ? [startMs] : []), ...times, ...(after.includes(target) ? [endMs] : [])];
  const gaps = marks.slice(1).map((mark, index) => ({ fromMs: (marks[index] ?? 0) + intervalMs, missed: Math.round((mark - (marks[index] ?? 0)) / intervalMs) - 1 }));
  const longest = gaps.reduce((worst, gap) => (gap.missed > worst.missed ? gap : worst), { fromMs: startMs, missed: 0 });
  const doubles = own.flatMap(({ collector, timesMs }) => timesMs.filter((time) => own.some((other) => other.collector !== collector && takesMeanwhile(other, time, intervalMs))));
  return {
    target, missed: longest.missed, missedFromMs: longest.fromMs,
    // Each of the two saw the other.
    doubled: Math.ceil(doubles.length / 2), doubledAtMs: Math.min(...doubles, endMs),
    collectors: own.map(({ collector }) => collector).toSorted(),
  };
}

/** Whether a collector has a sample on either side of a moment, in its own rhythm: one that handed over has none after it. */
function takesMeanwhile({ timesMs }: StoredSeries, atMs: number, intervalMs: number): boolean {
  const [last, next] = [timesMs.findLast((time) => time <= atMs), timesMs.find((time) => time > atMs)];
  return last !== undefined && next !== undefined && next - last < 1.5 * intervalMs;
}

function changeRow({ what, startMs, readyMs }: Change, endMs: number, rhythms: readonly Rhythm[]): Readonly<Record<string, unknown>> {
  const during = (atMs: number): boolean => atMs >= startMs && atMs < endMs;
  const missed = rhythms.filter((one) => one.missed > 0 && during(one.missedFromMs));
  const doubled = rhythms.filter((one) => one.doubled > 0 && during(one.doubledAtMs));
  return {
    change: what, 'ready after s': Number(((readyMs - startMs) / 1000).toFixed(1)), 'targets that missed any': missed.length,
    'intervals missed at most': Math.max(0, ...missed.map((one) => one.missed)), 'targets doubled': doubled.length,
  };
}

function offenderText({ target, missed, missedFromMs, doubled, doubledAtMs, collectors }: Rhythm, { changes, startMs }: Changed): string {
  const when = (atMs: number): string => `${((atMs - startMs) / 1000).toFixed(0)} s after the start, ${changes.findLast((change) => change.startMs <= atMs)?.what ?? 'before any change'}`;
  const parts = [
    ...(missed > timing.changes.missedAtMost ? [`${missed} intervals missed (${when(missedFromMs)})`] : []),
    ...(doubled > 0 ? [`${doubled} samples doubled (${when(doubledAtMs)})`] : []),
  ];
  return `${target}: ${parts.join(', ')}; by ${collectors.join(', ') || 'nobody'}`;
}
