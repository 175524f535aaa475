import { collectorsOf } from '../../helpers/index.ts';
import type { Finding, PodPlace, TargetPlace } from '../../helpers/index.ts';
import type { StoredSeries } from '../../helpers/samples.ts';
import { timing } from './timing.ts';

export interface Stored {
  readonly targets: readonly TargetPlace[];
  readonly collectors: readonly PodPlace[];
  readonly series: readonly StoredSeries[];
  /** Collector pods by target address, where there is an allocator to ask. */
  readonly assigned?: ReadonlyMap<string, readonly string[]>;
  readonly intervalMs: number;
  readonly windowMs: number;
}

interface TargetCount {
  readonly target: string;
  readonly node: string;
  readonly samples: number;
  readonly collectors: readonly string[];
  readonly doubled: number;
  readonly missed: number;
}

/** Judges the stored samples of one window: per target how many, through whom, and in what rhythm. */
export function judgeStored(stored: Stored): Finding {
  const counts = stored.targets.map((target) => count(target, stored));
  const ideal = stored.targets.length * stored.windowMs / stored.intervalMs;
  const samples = counts.reduce((sum, one) => sum + one.samples, 0);
  const offenders = counts.filter((one) => one.collectors.length !== 1 || one.doubled > 0 || one.missed > 0);
  const misassigned = assignmentOffenders(stored);
  const factor = `factor ${(samples / ideal).toFixed(2)} (${samples} samples in place of ${ideal})`;
  const holds = offenders.length === 0 && misassigned.length === 0;
  return {
    holds,
    expected: `${stored.targets.length} targets, each assigned to one collector and stored once every ${stored.intervalMs / 1000} s: ${ideal} samples in ${stored.windowMs / 1000} s`,
    observed: holds ? `${counts.length} of ${counts.length} targets once, ${factor}` : `${describe(offenders, counts.length, stored.collectors.length)}${factor}`,
    ...(holds ? {} : { cause: [...misassigned, ...offenders.map(nameOffender)][0] ?? '' }),
    evidence: [
      { what: `Mimir: samples of the scrape counter in ${stored.windowMs / 1000} s, by target`, data: counts },
      { what: 'offenders', data: [...misassigned, ...offenders.map(nameOffender)] },
      ...(stored.assigned ? [{ what: 'allocator: collectors by target', data: Object.fromEntries(stored.assigned) }] : []),
    ],
  };
}

function count(target: TargetPlace, { series, intervalMs, windowMs }: Stored): TargetCount {
  const own = series.filter((one) => one.target === target.target);
  const times = own.flatMap((one) => one.timesMs).toSorted((a, b) => a - b);
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? time));
  const atLeast = Math.floor(windowMs / intervalMs) - 1;
  return {
    target: target.target, node: target.node, samples: times.length, collectors: own.map((one) => one.collector).toSorted(),
    doubled: gaps.filter((gap) => gap < intervalMs * timing.gapTolerance).length,
    // The first and last scrape of a window fall in or out by chance, so one less than the ideal is still all of them.
    missed: gaps.filter((gap) => gap > intervalMs * (1 + timing.gapTolerance)).length + (times.length < atLeast ? atLeast - times.length : 0),
  };
}

function assignmentOffenders({ assigned, targets }: Stored): readonly string[] {
  if (!assigned) return [];
  const nameAt = new Map(targets.map((one) => [`${one.address}:${one.port}`, one.target]));
  const wrong = [...assigned].filter(([, collectors]) => collectors.length !== 1);
  const missing = targets.filter((one) => collectorsOf(one, assigned).length === 0);
  return [
    ...wrong.map(([address, collectors]) => `${nameAt.get(address) ?? address} is assigned to ${collectors.join(', ')}`),
    ...missing.map((one) => `${one.target} is assigned to nobody`),
  ];
}

function nameOffender({ target, node, samples, collectors, doubled, missed }: TargetCount): string {
  const by = collectors.length === 0 ? 'by nobody' : `by ${collectors.join(', ')}`;
  return `${target} (${node}): ${samples} samples ${by}; ${doubled} doubled, ${missed} missed`;
}

function describe(offenders: readonly TargetCount[], targets: number, collectors: number): string {
  if (offenders.length === 0) return '';
  const byAll = offenders.filter((one) => one.collectors.length === collectors && collectors > 1).length;
  if (byAll === targets) return `every target by all ${collectors} collectors, `;
  return `${offenders.length} of ${targets} targets not once (${byAll} by all ${collectors} collectors), `;
}
