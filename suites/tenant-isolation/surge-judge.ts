import { discardedAs, reckoningText } from '../../helpers/index.ts';
import type { Discard, Evidence, Finding, FlowState, P99Ratio, Reckoning } from '../../helpers/index.ts';
import { phaseTable, timeLine } from './surge-phases.ts';
import type { Phase, TenantFlows } from './surge-phases.ts';
import { timing } from './timing.ts';

/** Of samples beyond ingestion_rate or request_rate (reasonRateLimited in Mimir's pkg/distributor/validate.go). */
export const rateReason = 'rate_limited';

/** A flow and what became of it. */
export interface Accounted { readonly flow: FlowState; readonly ledger: Reckoning }

export interface Neighbour {
  readonly tenant: string;
  readonly tenantId: string;
  readonly steady: Accounted;
  readonly writes: Accounted;
  readonly queries: FlowState;
  /** Surge by quiet. */
  readonly writeRatio: P99Ratio;
  readonly queryRatio: P99Ratio;
}

export interface SurgeSeen {
  readonly dev: { readonly tenant: string; readonly tenantId: string; readonly rate: number; readonly burst: number; readonly floods: readonly Accounted[] };
  readonly neighbours: readonly Neighbour[];
  readonly phases: readonly Phase[];
  readonly discards: readonly Discard[];
}

/** Judges what both sides had of the surge: the neighbours nothing, the tenant that surged its own limit. */
export function judgeSurge(seen: SurgeSeen): Finding {
  const { dev, neighbours } = seen;
  const offenders = [...neighbours.flatMap((one) => offencesOf(one, seen.discards)), ...offencesOfDev(seen)];
  const flood = floodOf(seen);
  return {
    holds: offenders.length === 0,
    expected: `${dev.tenant} beyond ${dev.rate} samples a second answered 429 and counted under its own name; the others lose nothing, and their `
      + `p99 is not above ${timing.surge.ratioAtMost} × that of their quiet phases (broken where the 98 % interval [low, high] is above it as a whole)`,
    observed: [
      `${dev.tenant}: ${flood.taken} of ${flood.sent} samples taken (its limit lets ${Math.round(flood.allowed)} through), `
        + `${flood.refused} answered 429, ${countedFor(dev.tenantId, seen.discards)} counted${strangersText(seen)}`,
      ...neighbours.map(textOf),
    ].join('; '),
    ...(offenders[0] === undefined ? {} : { cause: offenders[0] }),
    evidence: [
      ...charts(seen),
      { what: 'discarded samples by tenant and reason, and answers to the flood by status', data: { discards: seen.discards, answers: flood.answers } },
      { what: 'offenders', data: offenders },
    ],
  };
}

function textOf({ tenant, steady, writes, queries, writeRatio, queryRatio }: Neighbour): string {
  return `${tenant}: steady ${reckoningText(steady.ledger)}; ${notTaken(writes.flow)} of ${writes.flow.sent} direct writes and ${notTaken(queries)} of ${queries.sent} queries refused; `
    + `p99 of writes ${ratioText(writeRatio)}, of queries ${ratioText(queryRatio)}`;
}

function ratioText({ ratio, low, high, baseMs, underMs }: P99Ratio): string {
  const undecided = ratio > timing.surge.ratioAtMost && low <= timing.surge.ratioAtMost ? ' (undecided: too noisy)' : '';
  return `${baseMs} → ${underMs} ms, × ${ratio} [${low}, ${high}]${undecided}`;
}

function offencesOf({ tenant, tenantId, steady, writes, queries, writeRatio, queryRatio }: Neighbour, discards: readonly Discard[]): readonly string[] {
  const spoilt = ({ ledger: { lost, foreign, doubled, refused, unanswered } }: Accounted): boolean => lost + foreign + doubled + refused + unanswered > 0;
  const slower = ([['writes', writeRatio], ['queries', queryRatio]] as const).filter(([, { low }]) => low > timing.surge.ratioAtMost);
  const counted = countedFor(tenantId, discards);
  return [
    ...[steady, writes].filter(spoilt).map(({ flow, ledger }) => `${flow.name}: ${reckoningText(ledger)}; ${ledger.refused} refused${firstRefusal(flow)}`),
    ...(notTaken(queries) > 0 ? [`${notTaken(queries)} of ${queries.sent} queries of ${tenant} refused${firstRefusal(queries)}`] : []),
    ...(counted > 0 ? [`${counted} samples are counted as ${rateReason} under ${tenant}`] : []),
    ...slower.map(([what, ratio]) => `${tenant}'s ${what} are slower: p99 ${ratioText(ratio)}`),
  ];
}

function offencesOfDev(seen: SurgeSeen): readonly string[] {
  const { tenant, tenantId, rate, floods } = seen.dev;
  const { sent, taken, refused, allowed, floodMs } = floodOf(seen);
  const foreign = floods.reduce((sum, { ledger }) => sum + ledger.foreign, 0);
  const { over, under } = timing.surge.taken;
  return [
    ...(refused === 0 ? [`none of ${sent} samples of ${tenant} was answered 429`] : []),
    ...(refused > 0 && countedFor(tenantId, seen.discards) === 0 ? [`${refused} samples of ${tenant} were refused, and none is counted as ${rateReason} for it`] : []),
    ...(strangersCounted(seen) > 0 ? [`${strangersCounted(seen)} samples that ${tenant} did not send are counted under it`] : []),
    ...(taken > allowed * over ? [`${taken} samples of ${tenant} were taken, more than the ${Math.round(allowed)} that its limit lets through`] : []),
    ...(taken < rate * floodMs / 1000 * under ? [`only ${taken} samples of ${tenant} were taken in ${floodMs / 1000} s, far less than its limit of ${rate} a second`] : []),
    ...(foreign > 0 ? [`${foreign} samples of ${tenant} were found by others`] : []),
  ];
}

/** Samples counted for the tenant that surged beyond what it was refused: others were refused at its limit, in its name. */
function strangersCounted(seen: SurgeSeen): number {
  const { refused, unanswered } = floodOf(seen);
  return Math.max(0, countedFor(seen.dev.tenantId, seen.discards) - refused - unanswered);
}

function strangersText(seen: SurgeSeen): string {
  const strangers = strangersCounted(seen);
  return strangers > 0 ? `, ${strangers} of them not its own: somebody shares its limit` : '';
}

/** Samples, and milliseconds of flood. A rate limiter is a bucket: what it lets through is the burst, and the rate for as long as it lasts. */
function floodOf({ dev: { rate, burst, floods } }: SurgeSeen): { sent: number; taken: number; refused: number; unanswered: number; allowed: number; floodMs: number; answers: readonly object[] } {
  const flows = floods.map(({ flow }) => flow);
  const answers = flows.flatMap((flow) => flow.answers.map(({ status, requests, items, firstBody }) => ({ flow: flow.name, status, requests, items, firstBody })));
  const endedAt = (flow: FlowState): number => flow.endedAtMs ?? flow.startedAtMs;
  const wholeMs = (flows.at(-1) ? endedAt(flows.at(-1) as FlowState) : 0) - (flows[0]?.startedAtMs ?? 0);
  return {
    sent: flows.reduce((sum, flow) => sum + flow.sent, 0), taken: flows.reduce((sum, flow) => sum + flow.acceptedItems, 0),
    refused: itemsOf(answers, 429), unanswered: itemsOf(answers, 0),
    allowed: burst + rate * wholeMs / 1000, floodMs: flows.reduce((sum, flow) => sum + endedAt(flow) - flow.startedAtMs, 0), answers,
  };
}

function itemsOf(answers: readonly { readonly status: number; readonly items: number }[], status: number): number {
  return answers.filter((one) => one.status === status).reduce((sum, { items }) => sum + items, 0);
}

function charts({ dev, neighbours, phases }: SurgeSeen): readonly Evidence[] {
  const floods = dev.floods.map(({ flow }) => flow);
  const tenants: readonly TenantFlows[] = [
    { tenant: dev.tenant, counted: floods, timed: floods, queries: [] },
    ...neighbours.map(({ tenant, steady, writes, queries }) => ({ tenant, counted: [steady.flow, writes.flow], timed: [writes.flow], queries: [queries] })),
  ];
  return [
    { what: 'both tenants, second by second (samples; latencies of direct writes and of queries)', shape: 'time-line', data: timeLine(tenants, phases) },
    { what: 'the phases', shape: 'table', data: phaseTable(tenants, phases) },
    {
      what: 'p99 of surge by quiet, start of each phase left out', shape: 'table',
      data: neighbours.flatMap(({ tenant, writeRatio, queryRatio }) => [{ tenant, of: 'writes', ...writeRatio }, { tenant, of: 'queries', ...queryRatio }]),
    },
  ];
}

function notTaken({ answers }: FlowState): number {
  return answers.filter(({ status }) => status < 200 || status > 299).reduce((sum, { items }) => sum + items, 0);
}

function firstRefusal({ answers }: FlowState): string {
  const refusal = answers.find(({ status }) => status < 200 || status > 299);
  return refusal ? ` (${refusal.status}: ${refusal.firstBody})` : '';
}

function countedFor(tenantId: string, discards: readonly Discard[]): number {
  return discardedAs(discards, tenantId, rateReason);
}
