import { mean, standardDeviation } from 'simple-statistics';
import type { Verdict } from '../run/events.ts';
import type { Comparable, ComparableClaim } from './comparable.ts';
import { sawOther } from './observed.ts';

/** What became of a verdict. `other`: neither is a pass, and the later one says less than the earlier one. */
export type Change = 'worse' | 'better' | 'other' | 'new' | 'gone';

export interface VerdictChange {
  readonly id: string;
  /** Versions of a cell of the claim's matrix; left out: the claim itself. */
  readonly cell?: string;
  readonly change: Change;
  readonly before?: Verdict;
  readonly after?: Verdict;
  /** What was seen later; of what is gone, earlier. */
  readonly observed: string;
  /** False where it decides about no run: the claim does not bind, or the cell is only measured. */
  readonly decides: boolean;
}

export interface ValueChange {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export interface ReportDiff {
  readonly verdicts: readonly VerdictChange[];
  /** What ran: components, Plumbline, Kubernetes. */
  readonly versions: readonly ValueChange[];
  /** What was seen of claims whose verdict is the same, and of their twins. */
  readonly observations: readonly ValueChange[];
  /** Of claims, milliseconds; only those beyond what differs from run to run. */
  readonly durations: readonly { readonly id: string; readonly beforeMs: number; readonly afterMs: number }[];
  /** Claims of both. */
  readonly compared: number;
  /** Whether something that decides got worse. */
  readonly worse: boolean;
}

/** What differs between an earlier and a later run. */
export function diffReports(before: Comparable, after: Comparable): ReportDiff {
  const [earlier, later] = [byId(before), byId(after)];
  const pairs = [...new Set([...earlier.keys(), ...later.keys()])].map((id) => ({ id, a: earlier.get(id) ?? [], b: later.get(id) ?? [] }));
  const both = pairs.filter(({ a, b }) => a.length > 0 && b.length > 0);
  const verdicts = pairs.flatMap(({ id, a, b }) => verdictChanges(id, a, b));
  return {
    verdicts, versions: versionChanges(before, after),
    observations: both.flatMap(({ id, a, b }) => observationChanges(id, worst(a), worst(b), [before.run.id, after.run.id])),
    durations: both.flatMap(({ id, a, b }) => durationChange(id, a, b)),
    compared: both.length, worse: verdicts.some(({ change, decides }) => change === 'worse' && decides),
  };
}

/** Rounds of a repeated claim together. */
function byId({ claims }: Comparable): ReadonlyMap<string, readonly ComparableClaim[]> {
  return Map.groupBy(claims, ({ id }) => id);
}

const ranks: Readonly<Record<Verdict, number>> = { pass: 0, skipped: 1, error: 2, fail: 3 };

/** Of the rounds of a claim the one that says most against it. */
function worst(rounds: readonly ComparableClaim[]): ComparableClaim {
  return rounds.toSorted((a, b) => ranks[b.verdict] - ranks[a.verdict])[0] as ComparableClaim;
}

function changeOf(before: Verdict | undefined, after: Verdict | undefined): Change | undefined {
  if (before === after) return undefined;
  if (before === undefined) return 'new';
  if (after === undefined) return 'gone';
  if (after === 'pass') return 'better';
  return ranks[after] > ranks[before] ? 'worse' : 'other';
}

function verdictChanges(id: string, earlier: readonly ComparableClaim[], later: readonly ComparableClaim[]): readonly VerdictChange[] {
  const [a, b] = [earlier.length > 0 ? worst(earlier) : undefined, later.length > 0 ? worst(later) : undefined];
  const change = (one: Pick<VerdictChange, 'cell' | 'decides'>, from: Seen | undefined, to: Seen | undefined): readonly VerdictChange[] => {
    const kind = changeOf(from?.verdict, to?.verdict);
    return kind === undefined ? [] : [{ id, ...one, change: kind, ...(from ? { before: from.verdict } : {}), ...(to ? { after: to.verdict } : {}), observed: (to ?? from)?.observed ?? '' }];
  };
  const binds = (b ?? a)?.binding !== false;
  const [cellsA, cellsB] = [cellsOf(a), cellsOf(b)];
  // A matrix that is not there on one side says nothing of its cells.
  const measured = a && b ? [...new Set([...cellsA.keys(), ...cellsB.keys()])].flatMap((cell) => change({ cell, decides: false }, cellsA.get(cell), cellsB.get(cell))) : [];
  return [...change({ decides: binds }, a, b), ...measured];
}

type Seen = Pick<ComparableClaim, 'verdict' | 'observed'>;

/** Cells that are only measured: what the others say is in the claim's verdict. */
function cellsOf(claim: ComparableClaim | undefined): ReadonlyMap<string, Seen> {
  const measured = (claim?.cells ?? []).filter(({ role }) => role === 'measured');
  return new Map(measured.map((cell) => [Object.entries(cell.versions).map(([name, version]) => `${name} ${version}`).join(', '), cell]));
}

function versionChanges(before: Comparable, after: Comparable): readonly ValueChange[] {
  const [a, b] = [versionsOf(before), versionsOf(after)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((name) => {
    const [was, is] = [a.get(name) ?? '–', b.get(name) ?? '–'];
    return was === is ? [] : [{ name, before: was, after: is }];
  });
}

function versionsOf({ images, environment: { collectorConfig, ...environment } }: Comparable): ReadonlyMap<string, string> {
  const components = [...Map.groupBy(images, ({ component }) => component)].map(([name, some]) => [name, [...new Set(some.map(({ version }) => version))].toSorted().join(', ')] as const);
  return new Map([...components, ...Object.entries(environment), ...(collectorConfig ? [['collector.config', `${collectorConfig.file} ${collectorConfig.digest}`] as const] : [])]);
}

function observationChanges(id: string, a: ComparableClaim, b: ComparableClaim, runIds: readonly [string, string]): readonly ValueChange[] {
  const sides = [{ name: id, from: a as Seen, to: b as Seen }, { name: `${id} twin`, from: a.twin as Seen, to: b.twin as Seen }];
  return sides.filter(({ name, from, to }) => (name !== id || from.verdict === to.verdict) && sawOther(from.observed, to.observed, runIds))
    .map(({ name, from, to }) => ({ name, before: from.observed, after: to.observed }));
}

/** Less is no news, whatever it is a share of, milliseconds. */
const leastMs = 5000;

/** Beyond this share of the earlier one a duration is another one. */
const share = 0.25;

function durationChange(id: string, a: readonly ComparableClaim[], b: readonly ComparableClaim[]): ReportDiff['durations'] {
  // What was skipped took no time, and an error may come early or late.
  const [earlier, later] = [a, b].map((rounds) => rounds.filter(({ verdict }) => verdict === 'pass' || verdict === 'fail').map(({ durationMs }) => durationMs));
  if (!earlier?.length || !later?.length) return [];
  const [beforeMs, afterMs] = [mean(earlier), mean(later)];
  const noiseMs = Math.max(leastMs, share * beforeMs, 2 * standardDeviation(earlier), 2 * standardDeviation(later));
  return Math.abs(afterMs - beforeMs) > noiseMs ? [{ id, beforeMs, afterMs }] : [];
}
