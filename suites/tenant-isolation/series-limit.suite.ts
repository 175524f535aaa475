import {
  defineClaim, discards, finished, flowState, ledgerEvidence, limitInForce, settle, settledLedger, startFlow, stopFlow, storedItems, whileHolds,
} from '../../helpers/index.ts';
import type { Evidence, Finding, Flow, FlowState, NotJudged, Reckoning, Subject, Tenant } from '../../helpers/index.ts';
import { judgeSeries } from './series-judge.ts';
import type { SeriesAccount } from './series-judge.ts';
import { loadOver, loadWithin } from './series-load.ts';
import type { SeriesLimits, SeriesLoad } from './series-load.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'TI-4',
  area: 'tenant-isolation',
  claim: 'a tenant over max_global_series_per_user loses only new series, the others none, and the reason is counted',
  platform: new URL('./series-limit.yaml', import.meta.url),
  twin: {
    wrong: 'the limit absent',
    patch: new URL('./series-limit.twin.yaml', import.meta.url),
    symptom: /: 0 of \d+ new series lost[^]*nothing held it/,
  },
  usualSecondsPerSide: 10,
  check,
});

interface Plan { readonly tenant: Tenant; readonly load: SeriesLoad }

/** A tenant's two flows, and at the end what was sent in them. */
interface Sent extends Plan { readonly known: FlowState; readonly fresh: FlowState }

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const limits = await Promise.all(subject.platform.tenants.map((tenant) => seriesLimits(subject, tenant)));
  const [dev, ...others] = limits;
  if (!dev || others.length === 0) throw new Error('this platform has no two tenants');
  const load = loadOver(dev);
  if ('skipped' in load) return load;
  const plans = subject.platform.tenants.map((tenant, index) => ({ tenant, load: index === 0 ? load : loadWithin(load, limits[index] ?? dev) }));
  const sent = await send(subject, plans);
  // The others first: what they have is there at once, while of the first tenant's new series some never come.
  const told: Told[] = [];
  for (const one of sent.toReversed()) told.unshift(await account(subject, one));
  const ids = subject.platform.tenants.map(({ id }) => id);
  const counted = (await discards(subject.platform, 'mimir', subject.signal)).filter(({ tenantId }) => ids.includes(tenantId));
  const [over, ...rest] = told.map((one) => one.account) as [SeriesAccount, ...SeriesAccount[]];
  const finding = judgeSeries({ limit: dev.maxSeries, over, others: rest, discards: counted });
  return { ...finding, evidence: [...finding.evidence, ...told.flatMap(({ evidence }) => evidence)] };
}

async function seriesLimits({ platform, signal }: Subject, tenant: Tenant): Promise<SeriesLimits> {
  const asked = (limit: string) => limitInForce(platform, tenant, 'mimir', limit, signal);
  const [maxSeries, rate] = await Promise.all([asked('max_global_series_per_user'), asked('ingestion_rate')]);
  const own = tenant.limits.mimir?.['max_global_series_per_user'] !== undefined;
  const first = tenant === platform.tenants[0];
  return {
    tenant: tenant.name, samplesPerSecond: rate ?? 0,
    // A first tenant without a limit of its own is sent what would exceed the one that the claim's own file gives it.
    maxSeries: first && !own ? timing.seriesLimit.withoutOverride : maxSeries ?? 0,
  };
}

/** Known series before, while and after new ones come that there is no room for. */
async function send(subject: Subject, plans: readonly Plan[]): Promise<readonly Sent[]> {
  const { platform, signal, note } = subject;
  const { sendSecondsAtMost, deliverySeconds } = timing.seriesLimit;
  const known = await Promise.all(plans.map(({ tenant, load }) => startFlow(platform, tenant, {
    name: `${tenant.id}-known`, signal: 'metrics', via: 'collector', series: load.known, ratePerSecond: load.knownPerSecond,
    seconds: 2 * sendSecondsAtMost,
  }, signal)));
  const roundMs = Math.max(...plans.map(({ load }) => load.known / load.knownPerSecond)) * 1000;
  await settle('a sample of every known series', (look) => knownStored({ ...subject, signal: look }, plans, known), (lacks) => lacks,
    { timeoutMs: roundMs + deliverySeconds * 1000, signal, note });
  const fresh = await Promise.all(plans.map(({ tenant, load }) => startFlow(platform, tenant, {
    name: `${tenant.id}-new`, signal: 'metrics', via: 'collector', series: load.fresh, items: load.fresh, ratePerSecond: load.freshPerSecond,
  }, signal)));
  const ended = await Promise.all(fresh.map((flow) => finished(flow, { timeoutMs: (sendSecondsAtMost + deliverySeconds) * 1000, signal, note })));
  await whileHolds('one more sample of every known series', () => undefined, { forMs: roundMs, signal });
  return Promise.all(plans.map(async (plan, index) => ({ ...plan, known: await stopFlow(known[index] as Flow, signal), fresh: ended[index] as FlowState })));
}

/** What is still missing of the first round, in words. */
async function knownStored({ platform, signal }: Subject, plans: readonly Plan[], flows: readonly Flow[]): Promise<string | undefined> {
  for (const [index, flow] of flows.entries()) {
    const { tenant, load } = plans[index] as Plan;
    const found = new Set(await storedItems(platform, tenant, await flowState(flow, signal), signal));
    if (found.size < load.known) return `${found.size} samples of ${load.known} series of ${tenant.name}`;
  }
  return undefined;
}

interface Told { readonly account: SeriesAccount; readonly evidence: readonly Evidence[] }

async function account({ platform, signal, note }: Subject, { tenant, load, known, fresh }: Sent): Promise<Told> {
  const { deliverySeconds, graceSeconds, lossSeconds } = timing.seriesLimit;
  const of = (flow: FlowState, seconds: number): Promise<Reckoning> =>
    settledLedger(platform, tenant, flow, { timeoutMs: seconds * 1000, graceMs: graceSeconds * 1000, signal, note });
  const ofKnown = await of(known, deliverySeconds);
  // New series were sent before the last known samples: where those are there, these are, or never will be.
  const ofFresh = await of(fresh, tenant === platform.tenants[0] ? lossSeconds : deliverySeconds);
  return {
    account: { tenant: tenant.name, tenantId: tenant.id, knownSeries: load.known, known: ofKnown, fresh: ofFresh },
    evidence: [ledgerEvidence(known, ofKnown), ledgerEvidence(fresh, ofFresh)],
  };
}
