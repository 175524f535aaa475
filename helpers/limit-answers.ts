/** What a limit does to a write: what the backend answers, and what a tenant's collector makes of the same data. */
import PQueue from 'p-queue';
import type { Subject } from '../src/claims/claim.ts';
import type { BackendName } from '../src/components/backend.ts';
import type { Tenant } from '../src/platform/platform.ts';
import { exporterCounts, exporterMetrics, exporterName } from './exporter-counts.ts';
import type { ExporterCounts } from './exporter-counts.ts';
import { finished, startFlow } from './flows.ts';
import type { FlowSpec, FlowState, Via } from './flows.ts';
import { settle } from './settle.ts';
import { storedItems } from './stored.ts';
import { collectorLogLines } from './tenant-collectors.ts';

/** A tenant with a limit, and data beyond it. The tenant sends nothing else to that backend. */
export interface LimitCase {
  readonly tenant: Tenant;
  readonly backend: BackendName;
  readonly load: Omit<FlowSpec, 'name' | 'via' | 'signal' | 'headers'>;
}

/** What became of a case; stored are different items that the tenant itself finds. */
export interface LimitAnswer {
  /** Straight to the backend. */
  readonly direct: FlowState;
  readonly directStored: number;
  /** The same data once more, by way of the collector. */
  readonly collected: FlowState;
  readonly collectedStored: number;
  /** What the collector's exporter to that backend counted, and its log lines. */
  readonly counts: ExporterCounts;
  readonly log: readonly string[];
}

export interface AnswerWindows {
  /** Until a flow has its answers. */
  readonly sendSeconds: number;
  /** Until an exporter has sent or given up all that it took; what is open then, it still holds. */
  readonly decideSeconds: number;
  /** Until what an exporter counts as sent is found, or is taken for missing. */
  readonly missingSeconds: number;
}

const signals = { mimir: 'metrics', loki: 'logs', tempo: 'traces' } as const;

/** A sender has 16 flows under way at most, and a claim has some of its own. */
const flowsAtOnce = 12;

/** Reading a case is up to 40 queries, for each trace is one. */
const casesReadAtOnce = 6;

/** Measures all cases side by side: first straight to the backends, then by way of the collectors. Answers are in the cases' order. */
export async function limitAnswers(subject: Subject, cases: readonly LimitCase[], windows: AnswerWindows): Promise<readonly LimitAnswer[]> {
  const direct = await sendAll(subject, cases, 'backend', windows);
  const collected = await sendAll(subject, cases, 'collector', windows);
  const counts = await decided(subject, cases, collected, windows);
  const logs = await byCluster(cases, (tenant) => collectorLogLines(subject.platform, tenant, subject.signal));
  return new PQueue({ concurrency: casesReadAtOnce }).addAll(cases.map(({ tenant, backend }, index) => async (): Promise<LimitAnswer> => {
    const [straight, through, counted] = [direct[index] as FlowState, collected[index] as FlowState, counts[index] as ExporterCounts];
    const directStored = await found(subject, tenant, straight, subject.signal);
    const collectedStored = await stored(subject, tenant, through, counted.sent, windows);
    const id = `"${exporterName(backend, tenant.name)}"`;
    const log = (logs.get(tenant.client) ?? []).filter((line) => line.includes(id));
    return { direct: straight, directStored, collected: through, collectedStored, counts: counted, log };
  }));
}

async function sendAll({ platform, signal, note }: Subject, cases: readonly LimitCase[], via: Via, { sendSeconds }: AnswerWindows): Promise<readonly FlowState[]> {
  const queue = new PQueue({ concurrency: flowsAtOnce });
  return queue.addAll(cases.map(({ tenant, backend, load }) => async () => {
    const flow = await startFlow(platform, tenant, { ...load, name: `${tenant.id}-via-${via}`, signal: signals[backend], via }, signal);
    return finished(flow, { timeoutMs: sendSeconds * 1000, signal, note });
  }));
}

/** Waits until the exporters have decided on everything that they took, or time is up; answers their counts. */
async function decided({ platform, signal, note }: Subject, cases: readonly LimitCase[], flows: readonly FlowState[], { decideSeconds }: AnswerWindows): Promise<readonly ExporterCounts[]> {
  const look = async (looking: AbortSignal) => {
    const metrics = await byCluster(cases, (tenant) => exporterMetrics(platform, tenant, looking));
    return cases.map(({ tenant, backend }) => exporterCounts(metrics.get(tenant.client) ?? [], backend, tenant.name));
  };
  const settled = await settle('exporters through with their data', look, (counts) => {
    const open = cases.filter((_, index) => (flows[index]?.acceptedItems ?? 0) > (counts[index]?.sent ?? 0) + (counts[index]?.failed ?? 0));
    return open.length === 0 ? undefined : `not yet for ${open.map(({ tenant }) => tenant.name).join(', ')}`;
  }, { timeoutMs: decideSeconds * 1000, signal, note });
  return settled.seen;
}

async function stored(subject: Subject, tenant: Tenant, flow: FlowState, atLeast: number, { missingSeconds }: AnswerWindows): Promise<number> {
  const { signal, note } = subject;
  const first = await found(subject, tenant, flow, signal);
  if (first >= atLeast) return first;
  const missing = (count: number) => (count >= atLeast ? undefined : `${count} of ${atLeast} there`);
  return (await settle(`what ${flow.name} sent`, (look) => found(subject, tenant, flow, look), missing, { timeoutMs: missingSeconds * 1000, signal, note })).seen;
}

async function found({ platform }: Subject, tenant: Tenant, flow: FlowState, signal: AbortSignal): Promise<number> {
  return new Set(await storedItems(platform, tenant, flow, signal)).size;
}

/** Asks the collectors of each cluster once, on behalf of any of its tenants: they share them. */
async function byCluster<T>(cases: readonly LimitCase[], ask: (tenant: Tenant) => Promise<T>): Promise<ReadonlyMap<Tenant['client'], T>> {
  const first = new Map(cases.map(({ tenant }) => [tenant.client, tenant]));
  return new Map(await Promise.all([...first].map(async ([client, tenant]) => [client, await ask(tenant)] as const)));
}
