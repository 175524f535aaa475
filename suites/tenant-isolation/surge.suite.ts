import {
  backendFor, defineClaim, discards, finished, flowState, ledgerEvidence, limitInForce, p99Ratio, settledLedger,
  startFlow, startProbe, stopFlow, storedItems, whileHolds,
} from '../../helpers/index.ts';
import type { Finding, Flow, FlowState, NotJudged, Subject, Tenant } from '../../helpers/index.ts';
import { judgeSurge } from './surge-judge.ts';
import type { Accounted, Neighbour } from './surge-judge.ts';
import { surgeLoad } from './surge-load.ts';
import type { RateLimits, SurgeLoad } from './surge-load.ts';
import { latenciesIn, phasesOf } from './surge-phases.ts';
import type { Phase } from './surge-phases.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'TI-3',
  area: 'tenant-isolation',
  claim: 'a tenant at ten times its ingestion_rate is answered 429 and counted under its own name; the others lose nothing, '
    + 'and their p99 of writes and queries stays within 1.5 × their quiet phase',
  platform: new URL('./surge.yaml', import.meta.url),
  twin: {
    wrong: 'both tenants share one limit',
    patch: new URL('./surge.twin.yaml', import.meta.url),
    symptom: /somebody shares its limit/,
  },
  usualSecondsPerSide: 30,
  check,
});

const { surge: times } = timing;

/** A neighbour's flows while they run. */
interface Running { readonly tenant: Tenant; readonly steady: Flow; readonly writes: Flow; readonly queries: Flow }

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform, signal } = subject;
  const [dev, ...others] = platform.tenants;
  if (!dev || others.length === 0) throw new Error('this platform has no two tenants');
  const [own, ...theirs] = await Promise.all(platform.tenants.map((tenant) => rateLimits(subject, tenant))) as [RateLimits, ...RateLimits[]];
  const load = surgeLoad(own, theirs);
  if ('skipped' in load) return load;
  const running = await Promise.all(others.map((tenant, index) => startNeighbour(subject, tenant, load.neighbours[index] as SurgeLoad['neighbours'][number])));
  await whileHolds('first requests open connections', () => undefined, { forMs: times.warmUpSeconds * 1000, signal });
  const startMs = Date.now();
  const floods = await alternate(subject, dev, load.flood, running);
  const phases = phasesOf(startMs, floods);
  const neighbours = await Promise.all(running.map((one) => endNeighbour(subject, one, phases)));
  const accounted = await Promise.all(floods.map((flow) => account(subject, dev, flow)));
  const ids = platform.tenants.map(({ id }) => id);
  const counted = (await discards(platform, 'mimir', signal)).filter(({ tenantId }) => ids.includes(tenantId));
  const finding = judgeSurge({ dev: { tenant: dev.name, tenantId: dev.id, rate: own.rate, burst: own.burst, floods: accounted }, neighbours, phases, discards: counted });
  const all = [...neighbours.flatMap(({ steady, writes }) => [steady, writes]), ...accounted];
  return { ...finding, evidence: [...finding.evidence, ...all.map(({ flow, ledger }) => ledgerEvidence(flow, ledger))] };
}

async function rateLimits({ platform, signal }: Subject, tenant: Tenant): Promise<RateLimits> {
  const asked = async (limit: string): Promise<number> => await limitInForce(platform, tenant, 'mimir', limit, signal) ?? 0;
  const [rate, burst, requestRate] = await Promise.all(['ingestion_rate', 'ingestion_burst_size', 'request_rate'].map(asked)) as [number, number, number];
  return { tenant: tenant.name, rate, burst, requestRate };
}

/** What goes on all the time: a steady stream via the collector, and small writes and queries whose latency is looked at. */
async function startNeighbour({ platform, signal }: Subject, tenant: Tenant, load: SurgeLoad['neighbours'][number]): Promise<Running> {
  const seconds = times.warmUpSeconds + 2 * times.surges * (times.phaseSeconds + times.betweenSeconds);
  const steadyName = `${tenant.id}-steady`;
  const base = backendFor(platform, 'metrics').url;
  const query = encodeURIComponent(`count(plumbline_ledger_item{flow="${steadyName}"})`);
  const [steady, writes, queries] = await Promise.all([
    startFlow(platform, tenant, { name: steadyName, signal: 'metrics', via: 'collector', ratePerSecond: load.steady, seconds }, signal),
    startFlow(platform, tenant, { ...taggedAs(tenant), name: `${tenant.id}-writes`, signal: 'metrics', via: 'backend', ratePerSecond: load.writes, seconds, batch: 1 }, signal),
    startProbe(tenant, { name: `${tenant.id}-queries`, url: `${base}/prometheus/api/v1/query?query=${query}`, ratePerSecond: load.queries, seconds }, signal),
  ]);
  return { tenant, steady, writes, queries };
}

/** As its collectors write, so that a platform that is wired wrongly is wired wrongly here too. */
function taggedAs(tenant: Tenant): { readonly headers: Readonly<Record<string, string>> } {
  return { headers: { 'X-Scope-OrgID': tenant.taggedAs } };
}

/**
 * Quiet and surge in turn, so that the drift of a noisy machine is in both. The flood goes straight to the backend: a collector
 * would queue and slow down what is refused, and the backend would hardly see ten times the limit.
 */
async function alternate(subject: Subject, dev: Tenant, load: SurgeLoad['flood'], running: readonly Running[]): Promise<readonly FlowState[]> {
  const { platform, signal, note } = subject;
  const pass = (what: string) => whileHolds(what, () => undefined, { forMs: times.phaseSeconds * 1000, signal });
  const floods: FlowState[] = [];
  while (floods.length < times.surges) {
    note(`quiet phase ${floods.length + 1} of ${times.surges}`);
    await pass('quiet');
    note(`surge ${floods.length + 1} of ${times.surges}: ${load.ratePerSecond} samples a second of ${dev.name}`);
    const flood = await startFlow(platform, dev, {
      ...load, ...taggedAs(dev), name: `${dev.id}-flood-${floods.length + 1}`, signal: 'metrics', via: 'backend',
      seconds: times.phaseSeconds, concurrency: times.floodConcurrency,
    }, signal);
    await pass('surge');
    floods.push(await finished(flood, { timeoutMs: times.floodEndSeconds * 1000, signal, note }));
    if (await hurt(subject, running)) break;
  }
  return floods;
}

/** Whether a neighbour's writes are refused, or hardly found again: more surges would say nothing new. */
async function hurt({ platform, signal }: Subject, running: readonly Running[]): Promise<boolean> {
  const each = await Promise.all(running.map(async ({ tenant, writes }) => {
    const state = await flowState(writes, signal);
    const found = await storedItems(platform, tenant, state, signal);
    return state.answers.some(({ status }) => status >= 300) || found.length < state.acceptedItems * times.foundAtLeast;
  }));
  return each.includes(true);
}

async function endNeighbour(subject: Subject, { tenant, ...flows }: Running, phases: readonly Phase[]): Promise<Neighbour> {
  const [steady, writes, queries] = await Promise.all([flows.steady, flows.writes, flows.queries].map((flow) => stopFlow(flow, subject.signal))) as [FlowState, FlowState, FlowState];
  const latencies = (flow: FlowState, kind: Phase['kind']) => latenciesIn(flow, phases, kind, times.withoutSeconds * 1000);
  const ratio = (flow: FlowState) => p99Ratio(latencies(flow, 'quiet'), latencies(flow, 'surge'));
  const [ofSteady, ofWrites] = await Promise.all([account(subject, tenant, steady), account(subject, tenant, writes)]);
  return { tenant: tenant.name, tenantId: tenant.id, steady: ofSteady, writes: ofWrites, queries, writeRatio: ratio(writes), queryRatio: ratio(queries) };
}

async function account({ platform, signal, note }: Subject, tenant: Tenant, flow: FlowState): Promise<Accounted> {
  const ledger = await settledLedger(platform, tenant, flow, { timeoutMs: times.deliverySeconds * 1000, graceMs: times.graceSeconds * 1000, signal, note });
  return { flow, ledger };
}
