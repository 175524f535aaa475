/** What was measured at each limit, as rows of a table. Pure: answers in, texts out. */
import type { Discard, FlowState, LimitAnswer } from '../../helpers/index.ts';
import type { LimitRow } from './limit-rows.ts';

/** What a collector did with data beyond a limit. `silent loss`: counted as sent, and missing. */
export type Outcome = 'retried' | 'dropped' | 'silent loss' | 'stored';

/** One line of the report's table. */
export interface LimitLine {
  /** With its backend: `mimir: series of a tenant`. */
  readonly limit: string;
  /** To a write without a collector, with its first message. */
  readonly answer: string;
  /** What the collector did with the same data, by data and by its exporter's counters. */
  readonly collector: string;
  /** The exporter's first line. */
  readonly log: string;
  /** Items that the tenant finds, of those sent straight to the backend and of those that the collector took. */
  readonly stored: string;
  /** What the backend counts as thrown away, over both. */
  readonly reason: string;
  /** `ok`; how it differs from what was known before it was measured; or `new`, where nothing was. */
  readonly known: string;
}

/** @param discards of the row's backend, in the name of the row's tenant alone */
export function limitLine({ backend, limit, known }: LimitRow, answer: LimitAnswer, discards: readonly Discard[]): LimitLine {
  const { direct, directStored, collected, collectedStored, counts, log } = answer;
  const outcome = outcomeOf(answer);
  return {
    limit: `${backend}: ${limit}`, answer: `${answerText(direct)}: ${firstMessage(direct)}`,
    collector: `${collectorText(outcome, answer)} (sent ${counts.sent}, failed ${counts.failed})`,
    log: log[0] === undefined ? 'nothing' : logText(log[0]),
    stored: `${directStored} of ${direct.sent}, ${collectedStored} of ${collected.acceptedItems}`,
    reason: discards.map(({ reason, items }) => `${reason} ${items}`).join(', ') || 'none counted',
    known: known === undefined ? 'new' : comparison(known, { status: statusOf(direct), outcome }),
  };
}

/** Of everything that the collector took: given up; all there; counted as sent and missing; or still held. */
export function outcomeOf({ collected, collectedStored, counts, log }: Pick<LimitAnswer, 'collected' | 'collectedStored' | 'counts' | 'log'>): Outcome {
  if (counts.failed > 0) return 'dropped';
  if (collectedStored < counts.sent) return 'silent loss';
  const open = collected.acceptedItems > counts.sent;
  return open || log.some((line) => line.includes('Will retry')) ? 'retried' : 'stored';
}

function collectorText(outcome: Outcome, { collected, collectedStored, counts }: LimitAnswer): string {
  const held = collected.acceptedItems - counts.sent - counts.failed;
  if (outcome === 'silent loss') return `silent loss of ${counts.sent - collectedStored}`;
  if (outcome === 'dropped') return `dropped ${counts.failed}`;
  if (outcome === 'retried') return held > 0 ? `retried, still holds ${held}` : 'retried, delivered';
  return 'delivered at once';
}

/** The answer that a limit gives: a refusal where there is one, else the first. Statuses ascend. */
function limitAnswer({ answers }: FlowState): FlowState['answers'][number] | undefined {
  return answers.find(({ status }) => status === 0 || status >= 300) ?? answers[0];
}

function statusOf(flow: FlowState): number {
  return limitAnswer(flow)?.status ?? 0;
}

/** `429 (2 of 3 requests)`, `200, 100 of 200 rejected`. */
function answerText(flow: FlowState): string {
  const { status = 0, requests = 0 } = limitAnswer(flow) ?? {};
  if (flow.partial.rejected > 0) return `${status}, partial_success: ${flow.partial.rejected} of ${flow.sent} rejected`;
  return requests === flow.requests ? `${status}` : `${status} (${requests} of ${flow.requests} requests)`;
}

function firstMessage(flow: FlowState): string {
  return short(flow.partial.firstMessage || limitAnswer(flow)?.firstBody || 'nothing');
}

/** A limit answers 200 or 204 where it takes everything: the outcome says which. */
function comparison(known: { status: number; outcome: Outcome }, seen: { status: number; outcome: Outcome }): string {
  const same = known.status === seen.status && known.outcome === seen.outcome;
  return same ? 'ok' : `differs: ${known.status} and ${known.outcome} were expected, ${seen.status} and ${seen.outcome} seen`;
}

/** The message of a line in zap's console form, and the pause that the backend asked for; its error repeats the answer, in full. */
export function logText(line: string): string {
  const [, , ...rest] = line.split('\t');
  const pause = /Throttle \(([^)]+)\)/.exec(rest.at(-1) ?? '')?.[1];
  return `${(rest.at(-2) ?? line).replace('Exporting failed. ', '')}${pause === undefined ? '' : ` (asked to wait ${pause})`}`;
}

/** Attributes that Tempo cut: it counts them apart from what it discards. */
export function truncatedAttributes(metrics: string): readonly Discard[] {
  const lines = metrics.matchAll(/^tempo_distributor_attributes_truncated_total\{tenant="([^"]+)"\} (\S+)$/gm);
  return [...lines].map(([, tenantId = '', items]) => ({ tenantId, reason: 'attributes truncated', items: Number(items) }));
}

/** Enough to tell what it is about; the report has the rest. */
const longestText = 60;

function short(text: string): string {
  return text.length <= longestText ? text : `${text.slice(0, longestText - 1)}…`;
}
