import { binomialPValue } from '../../helpers/index.ts';
import type { Finding, TargetPlace } from '../../helpers/index.ts';
import type { StoredSeries } from '../../helpers/samples.ts';
import { storedAfter, storedTwice } from './stored-twice.ts';
import { timing } from './timing.ts';

/** What the allocator had given to whom at one time, and what was stored from then on. */
export interface Phase {
  /** As it reads in a sentence: `at 5 collectors`. */
  readonly what: string;
  readonly collectors: number;
  /** When the allocator was first seen to have given everything away, milliseconds since the epoch. */
  readonly settledAtMs: number;
  /** Addresses of targets by collector. */
  readonly byCollector: ReadonlyMap<string, readonly string[]>;
  readonly series?: readonly StoredSeries[];
}

export interface Hashing {
  readonly targets: readonly TargetPlace[];
  readonly phases: readonly Phase[];
  readonly intervalMs: number;
}

/** Share of an even part that a collector may have more or less. */
const uneven = 0.35;

/** Share of the targets that may move without need. */
const needless = 0.15;

/**
 * A number of targets is too uneven where one as far off comes out less often than this at the very bound: which target has which hash
 * is chance, and a ring that keeps within the bound puts one of a few hundred targets' collectors beyond it now and then.
 */
const improbable = 0.001;

/** What is missing of an allocation to that many collectors; undefined where nothing is. */
export function lacking(targets: readonly TargetPlace[], byCollector: Phase['byCollector'], collectors: number): string | undefined {
  if (byCollector.size !== collectors) return `${byCollector.size} of ${collectors} collectors known to the allocator`;
  const owners = ownersOf(byCollector);
  const left = targets.filter((one) => owners.get(addressOf(one))?.length !== 1);
  return left.length === 0 ? undefined : `${left.length} of ${targets.length} targets not assigned to one collector, e.g. ${left[0]?.target}`;
}

/** Judges spread, moves and doubled samples of all phases. */
export function judgeHashing({ targets, phases, intervalMs }: Hashing): Finding {
  const rows = phases.map((phase, index) => look(phase, phases[index - 1], targets, intervalMs));
  const faults = rows.flatMap(({ faults: own }) => own);
  const holds = faults.length === 0;
  const moved = rows.slice(1).map(({ row }) => row['moved %']).join(', ');
  return {
    holds,
    expected: `${targets.length} targets, no collector ±${percent(uneven)} % off its even part beyond chance; no more moved than had to and ${percent(needless)} % of the targets; none stored through two collectors later than ${timing.handover} intervals after a change`,
    observed: holds ? `${targets.length} targets, ${Math.max(...rows.map(({ row }) => row['worst %']))} % off even at most; ${moved} % moved; none stored twice` : faults.map(({ text }) => text).join('; '),
    ...(holds ? {} : { cause: faults[0]?.cause ?? '' }),
    evidence: [
      { what: 'the allocator\'s answers and the samples that were stored, by phase', shape: 'table', headline: true, data: rows.map(({ row }) => row) },
      { what: 'targets by collector', data: Object.fromEntries(phases.map(({ what, byCollector }) => [what, Object.fromEntries([...byCollector].map(([name, all]) => [name, all.length]))])) },
      { what: 'offenders', data: faults.flatMap(({ offenders }) => offenders) },
    ],
  };
}

interface Fault {
  readonly text: string;
  readonly cause: string;
  readonly offenders: readonly string[];
}

/** A line of the evidence's table; what cannot be said of a phase is empty. */
interface Row {
  readonly phase: string;
  readonly even: number;
  readonly least: number;
  readonly most: number;
  readonly 'worst %': number;
  readonly 'moved %': number | '';
  readonly 'had to %': number | '';
  readonly 'twice until, s': number | '';
  readonly 'twice too late': number | '';
}

/** @param before the phase that it is compared with, where there was one */
function look(phase: Phase, before: Phase | undefined, targets: readonly TargetPlace[], intervalMs: number): { readonly row: Row; readonly faults: readonly Fault[] } {
  const counts = [...phase.byCollector].map(([name, all]) => ({ name, count: all.length }));
  const even = targets.length / phase.collectors;
  const moves = before ? movesOf(before, phase, targets) : undefined;
  const stored = phase.series && storedTwice(phase.series, phase.settledAtMs, intervalMs);
  const doubled = (stored?.all ?? []).filter(({ afterMs }) => afterMs > timing.handover * intervalMs);
  const row: Row = {
    phase: phase.what, even: Math.round(even), least: Math.min(...counts.map(({ count }) => count)), most: Math.max(...counts.map(({ count }) => count)),
    'worst %': percent(Math.max(...counts.map(({ count }) => Math.abs(count - even) / even))),
    'moved %': moves ? percent(moves.moved.length / targets.length) : '', 'had to %': moves ? percent((moves.moved.length - moves.needless.length) / targets.length) : '',
    'twice until, s': stored ? stored.lastMs / 1000 : '', 'twice too late': stored ? doubled.length : '',
  };
  return { row, faults: [
    ...unevenness(phase, counts, targets.length),
    ...fault((moves && moves.needless.length > needless * targets.length ? moves.needless : []).map(({ target }) => target), () => `${phase.what} ${row['moved %']} % moved, though ${row['had to %']} % had to`),
    ...fault(doubled.map(({ target, collectors, afterMs }) => `${target} by ${collectors.join(' and ')}, ${(afterMs / 1000).toFixed(1)} s after the change`), (all) => `${phase.what} ${all.length} samples stored twice`),
    ...absences(phase, targets, intervalMs),
  ] };
}

function unevenness({ what, collectors }: Phase, counts: readonly { readonly name: string; readonly count: number }[], targets: number): readonly Fault[] {
  const uneven = counts.filter(({ count }) => isUneven(count, targets, collectors)).map(({ name, count }) => `${name} has ${count}`);
  return fault(uneven, (all) => `${what} ${all.length} of ${collectors} collectors have far from ${Math.round(targets / collectors)} targets`);
}

/** Targets that no collector has, and those that are not stored any more. */
function absences({ what, byCollector, collectors, series, settledAtMs }: Phase, targets: readonly TargetPlace[], intervalMs: number): readonly Fault[] {
  const missing = lacking(targets, byCollector, collectors);
  const unstored = series ? targets.filter(({ target }) => !storedAfter(series, target, settledAtMs + timing.handover * intervalMs)) : [];
  return [
    ...(missing === undefined ? [] : [{ text: `${what} ${missing}`, cause: `${what} ${missing}`, offenders: [missing] }]),
    ...fault(unstored.map(({ target }) => target), (all) => `${what} ${all.length} of ${targets.length} targets not stored any more`),
  ];
}

function fault(offenders: readonly string[], text: (offenders: readonly string[]) => string): readonly Fault[] {
  return offenders.length === 0 ? [] : [{ text: text(offenders), cause: `${text(offenders)}, e.g. ${offenders[0]}`, offenders }];
}

function isUneven(count: number, targets: number, collectors: number): boolean {
  const bound = (count * collectors < targets ? 1 - uneven : 1 + uneven) / collectors;
  const beyond = count * collectors < targets ? count < bound * targets : count > bound * targets;
  return beyond && binomialPValue(count, targets, Math.min(bound, 1)) < improbable;
}

/** Whose collector is another one, and which of them had theirs still, and came to one that was there before. */
function movesOf(before: Phase, after: Phase, targets: readonly TargetPlace[]): { readonly moved: readonly TargetPlace[]; readonly needless: readonly TargetPlace[] } {
  const [old, now] = [ownersOf(before.byCollector), ownersOf(after.byCollector)];
  const owners = (one: TargetPlace): readonly [string, string] => [old.get(addressOf(one))?.[0] ?? '', now.get(addressOf(one))?.[0] ?? ''];
  const moved = targets.filter((one) => owners(one)[0] !== owners(one)[1]);
  return { moved, needless: moved.filter((one) => after.byCollector.has(owners(one)[0]) && before.byCollector.has(owners(one)[1])) };
}

function ownersOf(byCollector: Phase['byCollector']): ReadonlyMap<string, readonly string[]> {
  const owners = new Map<string, string[]>();
  for (const [collector, addresses] of byCollector) for (const address of addresses) owners.set(address, [...(owners.get(address) ?? []), collector]);
  return owners;
}

function addressOf({ address, port }: TargetPlace): string {
  return `${address}:${port}`;
}

function percent(share: number): number {
  return Math.round(share * 100);
}
