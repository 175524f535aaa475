/** A surge's phases, and what happened in each: requests by the moment at which they were due. Pure. */
import { quantile } from '../../helpers/index.ts';
import type { FlowState } from '../../helpers/index.ts';

export type PhaseKind = 'quiet' | 'surge';

/** From here (included) to there (excluded), milliseconds since the epoch. */
export interface Phase {
  readonly kind: PhaseKind;
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** What of one tenant's flows is counted and timed. */
export interface TenantFlows {
  readonly tenant: string;
  /** Whose answers are counted. */
  readonly counted: readonly FlowState[];
  /** Whose latencies are writes'. */
  readonly timed: readonly FlowState[];
  readonly queries: readonly FlowState[];
}

/** A flood is a surge, and the time since the one before it is quiet. */
export function phasesOf(startMs: number, floods: readonly FlowState[]): readonly Phase[] {
  return floods.flatMap((flood, index): Phase[] => {
    const quietFromMs = floods[index - 1]?.endedAtMs ?? startMs;
    return [
      { kind: 'quiet', name: `quiet ${index + 1}`, fromMs: quietFromMs, toMs: flood.startedAtMs },
      { kind: 'surge', name: `surge ${index + 1}`, fromMs: flood.startedAtMs, toMs: flood.endedAtMs ?? flood.startedAtMs },
    ];
  });
}

interface Request {
  /** When it was due, milliseconds since the epoch, and how long it took from then. */
  readonly atMs: number;
  readonly ms: number;
  readonly items: number;
  readonly taken: boolean;
}

function requestsOf(flows: readonly FlowState[]): readonly Request[] {
  return flows.flatMap((flow) => flow.latencies.map(([dueMs, ms, , status]) => ({
    atMs: flow.startedAtMs + dueMs, ms, taken: status >= 200 && status < 300,
    // Of very many requests only some are named.
    items: flow.batch * flow.requests / flow.latencies.length,
  })));
}

/** Latencies of each phase of one kind, without its start, in which the change of load itself is felt. */
export function latenciesIn(flow: FlowState, phases: readonly Phase[], kind: PhaseKind, withoutMs: number): readonly (readonly number[])[] {
  const requests = requestsOf([flow]);
  return phases.filter((phase) => phase.kind === kind)
    .map(({ fromMs, toMs }) => requests.filter(({ atMs }) => atMs >= fromMs + withoutMs && atMs < toMs).map(({ ms }) => ms));
}

type Row = Readonly<Record<string, string | number | null>>;

/** A row a second, for a chart: what each tenant had accepted and refused (samples), and how long it waited. */
export function timeLine(tenants: readonly TenantFlows[], phases: readonly Phase[]): readonly Row[] {
  const startMs = phases[0]?.fromMs ?? 0;
  const seconds = Math.ceil(((phases.at(-1)?.toMs ?? startMs) - startMs) / 1000);
  const columns = columnsOf(tenants);
  return Array.from({ length: seconds }, (_, second) => {
    const fromMs = startMs + second * 1000;
    // A second that is in two phases goes by its middle.
    const phase = phases.findLast((one) => one.fromMs <= fromMs + 500);
    return { atMs: second * 1000, phase: phase?.kind ?? 'quiet', ...columns(fromMs, fromMs + 1000) };
  });
}

/** A row a phase, the whole of it. */
export function phaseTable(tenants: readonly TenantFlows[], phases: readonly Phase[]): readonly Row[] {
  const columns = columnsOf(tenants);
  return phases.map(({ name, fromMs, toMs }) => ({ phase: name, seconds: rounded((toMs - fromMs) / 1000), ...columns(fromMs, toMs) }));
}

function columnsOf(tenants: readonly TenantFlows[]): (fromMs: number, toMs: number) => Row {
  const all = tenants.map(({ tenant, counted, timed, queries }) => ({
    tenant, counted: requestsOf(counted), timed: requestsOf(timed), queries: requestsOf(queries), asks: queries.length > 0,
  }));
  return (fromMs, toMs) => Object.assign({}, ...all.map(({ tenant, counted, timed, queries, asks }) => {
    const within = (requests: readonly Request[]): readonly Request[] => requests.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    const answered = within(counted);
    return {
      [`${tenant} accepted`]: itemsOf(answered.filter(({ taken }) => taken)), [`${tenant} refused`]: itemsOf(answered.filter(({ taken }) => !taken)),
      [`${tenant} write p50 ms`]: percentile(within(timed), 0.5), [`${tenant} write p99 ms`]: percentile(within(timed), 0.99),
      ...(asks ? { [`${tenant} query p99 ms`]: percentile(within(queries), 0.99) } : {}),
    };
  })) as Row;
}

function itemsOf(requests: readonly Request[]): number {
  return Math.round(requests.reduce((sum, { items }) => sum + items, 0));
}

/** Null where there was no request. */
function percentile(requests: readonly Request[], share: number): number | null {
  return requests.length === 0 ? null : rounded(quantile(requests.map(({ ms }) => ms), share));
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}
