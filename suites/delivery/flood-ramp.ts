/** DL-7: how far beyond the claim's rate the way goes, in short floods of rising rates, and which part is at its limit first. */
import { finished, partsUsage, receivedSpans, settle, startFlow } from '../../helpers/index.ts';
import type { FlowState, Subject, Tenant } from '../../helpers/index.ts';
import { timing } from './timing.ts';

export interface RampStep {
  readonly ratePerSecond: number;
  /** Everything was taken in time, and stored soon after. */
  readonly held: boolean;
  /** Of the time until the last answer. */
  readonly acceptedPerSecond: number;
  readonly stored: number;
  readonly planned: number;
  /** The first refusal; empty where there was none. */
  readonly refusal: string;
  /** CPUs that each part took from the first span to the last one's being stored. */
  readonly cpus: Readonly<Record<string, number>>;
}

const windows = timing.flood.ramp;

/** Ends with the first rate that is not held: what comes after it would be measured on what that one left behind. */
export async function ramp(subject: Subject, tenant: Tenant): Promise<readonly RampStep[]> {
  const steps: RampStep[] = [];
  for (const ratePerSecond of windows.ratesPerSecond) {
    const step = await stepOf(subject, tenant, ratePerSecond);
    steps.push(step);
    if (!step.held) break;
  }
  return steps;
}

async function stepOf(subject: Subject, tenant: Tenant, ratePerSecond: number): Promise<RampStep> {
  const { platform, signal } = subject;
  const { spansPerTrace, batch, attributes } = timing.flood;
  const [before, receivedBefore, start] = [await partsUsage(platform, tenant, 'tempo', signal), await receivedSpans(platform, tenant, signal), performance.now()];
  const order = { name: `${tenant.id}-flood-${ratePerSecond}`, signal: 'traces', via: 'collector', ratePerSecond, seconds: windows.seconds, spansPerTrace, batch, concurrency: windows.concurrency, attributes } as const;
  const flow = await finished(await startFlow(platform, tenant, order, signal), { ...subject, timeoutMs: windows.boundSeconds * 1000 });
  const look = async (at: AbortSignal): Promise<number> => await receivedSpans(platform, tenant, at) - receivedBefore;
  const { seen: stored } = await settle(`spans at ${ratePerSecond} a second in Tempo`, look, (spans) => (spans >= flow.acceptedItems ? undefined : `${spans} of ${flow.acceptedItems}`), { ...subject, timeoutMs: windows.deliverySeconds * 1000 });
  const seconds = (performance.now() - start) / 1000;
  const after = await partsUsage(platform, tenant, 'tempo', signal);
  const cpus = after.map(({ part, cpuSeconds }) => [part, Number(((cpuSeconds - (before.find((one) => one.part === part)?.cpuSeconds ?? 0)) / seconds).toFixed(2))] as const);
  return { ...takenOf(flow), ratePerSecond, planned: flow.planned, stored, held: flow.acceptedItems === flow.planned && stored >= flow.planned && inTime(flow), cpus: Object.fromEntries(cpus) };
}

function takenOf(flow: FlowState): Pick<RampStep, 'acceptedPerSecond' | 'refusal'> {
  const refused = flow.answers.find(({ status }) => status < 200 || status >= 300);
  return { acceptedPerSecond: Math.round(flow.acceptedItems / sentSeconds(flow)), refusal: refused ? `${refused.status}: ${refused.firstBody}` : '' };
}

function sentSeconds({ startedAtMs, endedAtMs = startedAtMs }: FlowState): number {
  return Math.max(1, endedAtMs - startedAtMs) / 1000;
}

function inTime(flow: FlowState): boolean {
  return sentSeconds(flow) <= windows.seconds * (1 + windows.lateShare);
}

/** In words: the highest rate that was held, and what the next one met. */
export function rampText(steps: readonly RampStep[]): string {
  const held = steps.filter((step) => step.held).at(-1);
  const broken = steps.find((step) => !step.held);
  const upTo = held ? `${held.ratePerSecond} a second are carried as well` : '';
  const beyond = broken ? `at ${broken.ratePerSecond} the limit is ${busiest(broken)} with ${broken.acceptedPerSecond} a second${broken.refusal ? ` (${broken.refusal})` : ''}` : `the limit would be ${held ? busiest(held) : 'nobody knows what'}`;
  return [upTo, beyond].filter((text) => text !== '').join('; ');
}

function busiest({ cpus }: RampStep): string {
  const [part, most] = Object.entries(cpus).toSorted(([, a], [, b]) => b - a)[0] ?? ['nothing', 0];
  return `${part} (${most.toFixed(2)} CPUs)`;
}
