import {
  changeLimits, defineClaim, finished, flowState, ledgerEvidence, limitInForce, podLives, reloadSeconds, settle, settledLedger,
  startFlow, stopFlow, storedItems, whileHolds,
} from '../../helpers/index.ts';
import type { Finding, Flow, FlowState, NotJudged, Subject, Tenant } from '../../helpers/index.ts';
import { judgeRaise } from './raised-judge.ts';
import { loadOver } from './series-load.ts';
import type { SeriesLoad } from './series-load.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'TI-5',
  area: 'tenant-isolation',
  claim: 'a limit raised in the runtime overrides takes effect within two reload periods, without a restart',
  platform: new URL('./raised-limit.yaml', import.meta.url),
  twin: {
    wrong: 'the wrong tenant\'s override edited',
    patch: new URL('./raised-limit.twin.yaml', import.meta.url),
    symptom: /: 0 of \d+ new series stored[^]*still lost/,
  },
  usualSecondsPerSide: 12,
  check,
});

const { raisedLimit: times } = timing;

/** How long the backend may take: it reads its file every so often, and the kubelet has to write that file first. */
const boundMs = (2 * reloadSeconds + times.projectionSeconds) * 1000;

interface Plan {
  readonly dev: Tenant;
  readonly load: SeriesLoad;
  readonly edited: Tenant;
  readonly change: { readonly limit: string; readonly from: number; readonly to: number };
  readonly freshPerSecond: number;
}

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform, signal, note } = subject;
  const plan = await planned(subject);
  if ('skipped' in plan) return plan;
  const { dev, edited, change } = plan;
  const filled = await fill(subject, plan);
  const livesBefore = await podLives(platform, 'mimir', signal);
  const fresh = await startFresh(subject, plan);
  const saidAfterMs = await changeLimits(platform, 'mimir', edited, { [change.limit]: change.to }, { signal, note });
  // By this machine's clock, like the sender's: a provider on other machines needs clocks that agree to a tenth of a second or so.
  const changedAtMs = Date.now() - saidAfterMs;
  const sent = await seenAgain(subject, plan, fresh, changedAtMs);
  const freshStored = await storedItems(platform, dev, sent, signal);
  const livesAfter = await podLives(platform, 'mimir', signal);
  const before = await settledLedger(platform, dev, filled, { timeoutMs: 0, graceMs: 0, signal, note });
  const finding = judgeRaise({
    tenant: dev.name, edited: edited.name, change: `${change.limit} from ${change.from} to ${change.to}`,
    before, fresh: sent, freshStored, changedAtMs, saidAfterMs, boundMs, livesBefore, livesAfter,
  });
  return { ...finding, evidence: [...finding.evidence, ledgerEvidence(filled, before)] };
}

async function planned({ platform, signal }: Subject): Promise<Plan | NotJudged> {
  const { limitChange } = platform.spec;
  const [dev] = platform.tenants;
  const edited = platform.tenants.find(({ name }) => name === limitChange?.tenant);
  if (!dev || !edited || limitChange?.limit !== 'max_global_series_per_user') throw new Error('this platform changes no limit of series');
  const asked = async (tenant: Tenant, limit: string): Promise<number> => await limitInForce(platform, tenant, 'mimir', limit, signal) ?? 0;
  const [maxSeries, from, samplesPerSecond] = await Promise.all([asked(dev, limitChange.limit), asked(edited, limitChange.limit), asked(dev, 'ingestion_rate')]);
  const load = loadOver({ tenant: dev.name, maxSeries, samplesPerSecond });
  if ('skipped' in load) return load;
  // What is sent after the change has to fit into what it adds.
  const room = maxSeries * (limitChange.factor - 1) * times.shareOfRoom;
  const freshPerSecond = Math.min(times.freshPerSecond, room / times.freshSeconds, load.freshPerSecond);
  return { dev, load, edited, change: { limit: limitChange.limit, from, to: Math.round(from * limitChange.factor) }, freshPerSecond };
}

/** Brings the tenant over its limit, and waits until the limit is reached. */
async function fill({ platform, signal, note }: Subject, { dev, load }: Plan): Promise<FlowState> {
  const items = load.known + load.fresh;
  const flow = await startFlow(platform, dev, { name: `${dev.id}-filling`, signal: 'metrics', via: 'collector', items, series: items, ratePerSecond: load.freshPerSecond }, signal);
  const state = await finished(flow, { timeoutMs: (items / load.freshPerSecond + times.deliverySeconds) * 1000, signal, note });
  let previous = 0;
  await settle(`${dev.name} over its limit`, (look) => storedItems(platform, dev, state, look), (found) => {
    const rising = found.length > previous;
    previous = found.length;
    return rising || found.length === 0 ? `${found.length} of ${items} series, and perhaps still rising` : undefined;
  }, { timeoutMs: times.deliverySeconds * 1000, signal, note });
  return state;
}

/** New series that come all the while; the first are sent before anything is changed, and must find no room. */
async function startFresh({ platform, signal }: Subject, { dev, freshPerSecond }: Plan): Promise<Flow> {
  const items = Math.ceil(freshPerSecond * times.freshSeconds);
  const flow = await startFlow(platform, dev, { name: `${dev.id}-new`, signal: 'metrics', via: 'collector', items, series: items, ratePerSecond: freshPerSecond }, signal);
  await whileHolds('new series find no room', () => undefined, { forMs: times.beforeSeconds * 1000, signal });
  return flow;
}

/** Waits until new series are stored, for the whole bound if need be, and ends their flow; what was sent last has then arrived. */
async function seenAgain({ platform, signal, note }: Subject, { dev, freshPerSecond }: Plan, fresh: Flow, changedAtMs: number): Promise<FlowState> {
  const look = async (until: AbortSignal): Promise<Uint32Array> => storedItems(platform, dev, await flowState(fresh, until), until);
  const enough = Math.max(1, freshPerSecond * times.proofSeconds);
  const effective = await settle(`new series of ${dev.name} stored`, look, (found) => (found.length < enough ? `${found.length} of ${Math.ceil(enough)}` : undefined),
    { timeoutMs: Math.max(0, changedAtMs + boundMs + times.proofSeconds * 1000 - Date.now()), signal, note });
  const sent = await stopFlow(fresh, signal);
  if (effective.seen.length > 0) {
    await settle(`the last new series of ${dev.name} stored`, (until) => storedItems(platform, dev, sent, until),
      (found) => (found.includes(sent.sent - 1) ? undefined : `${found.length} of ${sent.sent}`), { timeoutMs: times.deliverySeconds * 1000, signal, note });
  }
  return sent;
}
