import { defineClaim, discards, finished, ledgerEvidence, limitInForce, settledLedger, startFlow, stopFlow, whileHolds } from '../../helpers/index.ts';
import type { Finding, Flow, FlowState, NotJudged, Reckoning, Subject, Tenant } from '../../helpers/index.ts';
import { timing } from './timing.ts';
import { judgeWrites } from './write-judge.ts';
import type { LimitAccount } from './write-judge.ts';
import { isRate, loadBeyondLimit, pauseSeconds, writeLimits } from './write-loads.ts';
import type { Plan, WriteLimit, LimitToExceed } from './write-loads.ts';

const windows = timing.logAndTraceLimits;
const signals = { loki: 'logs', tempo: 'traces' } as const;

export default defineClaim({
  id: 'TI-6',
  area: 'tenant-isolation',
  claim: 'Loki\'s and Tempo\'s per-tenant limits hold: who exceeds one is refused or discarded, with the reason counted, and the others lose nothing',
  platform: new URL('./log-and-trace-limits.yaml', import.meta.url),
  twin: {
    wrong: 'limits absent',
    patch: new URL('./log-and-trace-limits.twin.yaml', import.meta.url),
    symptom: /: (\d+) of \1 stored, nothing held it/,
  },
  usualSecondsPerSide: 12,
  check,
});

interface Sent { readonly tenant: Tenant; readonly state: FlowState; readonly reckoning: Reckoning }

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform, signal } = subject;
  const [dev, ...others] = platform.tenants;
  if (!dev || others.length === 0) throw new Error('this platform has no two tenants');
  const plans = await planned(subject, dev);
  if ('skipped' in plans) return plans;
  const steady = await startSteady(subject, others.slice(0, windows.othersAtMost));
  // Rates first: a flood needs a stream of its own, which a tenant that has all it may have would not get.
  const [rates, counts] = [plans.filter(isRate), plans.filter((plan) => !isRate(plan))];
  const exceeded = [...await exceed(subject, dev, rates)];
  await whileHolds('traces are idle, and there is room again', () => undefined, { forMs: pauseSeconds(rates, counts) * 1000, signal });
  exceeded.push(...await exceed(subject, dev, counts));
  const ended = await Promise.all(steady.map(async ({ tenant, flow }) => account(subject, tenant, await stopFlow(flow, signal), windows.deliverySeconds)));
  const ids = platform.tenants.map(({ id }) => id);
  const counted = async (name: 'loki' | 'tempo') => (await discards(platform, name, signal)).filter(({ tenantId }) => ids.includes(tenantId));
  const finding = judgeWrites({
    tenant: dev, limits: exceeded.map(({ account: one }) => one), discards: { loki: await counted('loki'), tempo: await counted('tempo') },
    steady: ended.map(({ tenant, state, reckoning }) => ({ tenant: tenant.name, signal: state.signal, reckoning })),
  });
  return { ...finding, evidence: [...finding.evidence, ...[...exceeded, ...ended].map(({ state, reckoning }) => ledgerEvidence(state, reckoning))] };
}

/** The limits that are to be exceeded: those that the first tenant has, or all where it has none. */
async function planned(subject: Subject, dev: Tenant): Promise<readonly Plan[] | NotJudged> {
  const all = await Promise.all(writeLimits.map((limit) => inForce(subject, dev, limit)));
  const own = all.filter(({ isOwn }) => isOwn);
  const loads = (own.length > 0 ? own : all).map(({ exceeded }) => ({ ...exceeded, load: loadBeyondLimit(exceeded) }));
  const reachable = loads.flatMap(({ load, ...rest }) => ('skipped' in load ? [] : [{ ...rest, load }]));
  return reachable.length > 0 ? reachable : { skipped: `${dev.name}: ${loads.map(({ load }) => ('skipped' in load ? load.skipped : '')).join(' ')}` };
}

async function inForce({ platform, signal }: Subject, tenant: Tenant, limit: WriteLimit): Promise<{ readonly isOwn: boolean; readonly exceeded: LimitToExceed }> {
  const isOwn = limit.name.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], tenant.limits[limit.backend]) !== undefined;
  if (!isOwn) return { isOwn, exceeded: { limit, value: limit.withoutOverride.value, burst: limit.withoutOverride.burst ?? 0 } };
  const asked = (name: string) => limitInForce(platform, tenant, limit.backend, name, signal);
  const [value, burst] = await Promise.all([asked(limit.name), limit.burst === undefined ? 0 : asked(limit.burst)]);
  return { isOwn, exceeded: { limit, value: value ?? 0, burst: burst ?? 0 } };
}

async function startSteady({ platform, signal }: Subject, tenants: readonly Tenant[]): Promise<readonly { readonly tenant: Tenant; readonly flow: Flow }[]> {
  return Promise.all(tenants.flatMap((tenant) => (['logs', 'traces'] as const).map(async (kind) => ({
    tenant, flow: await startFlow(platform, tenant, {
      name: `${tenant.id}-steady-${kind}`, signal: kind, via: 'collector', ratePerSecond: windows.steadyPerSecond, seconds: windows.steadySecondsAtMost,
    }, signal),
  }))));
}

/** Straight to the backend: a collector's queue would hold back what is refused, and the limit would be tried only at its own speed. */
async function exceed(subject: Subject, dev: Tenant, plans: readonly Plan[]): Promise<readonly (Sent & { readonly account: LimitAccount })[]> {
  return Promise.all(plans.map(async (plan) => {
    const { limit, value, load } = plan;
    const name = `${dev.id}-beyond-${limit.backend}-${isRate(plan) ? 'rate' : 'count'}`;
    const flow = await startFlow(subject.platform, dev, {
      ...load.flow, name, signal: signals[limit.backend], via: 'backend', headers: { 'X-Scope-OrgID': dev.taggedAs },
    }, subject.signal);
    const state = await finished(flow, { timeoutMs: windows.sendSeconds * 1000, signal: subject.signal, note: subject.note });
    const sent = await account(subject, dev, state, windows.lossSeconds);
    const seconds = ((state.endedAtMs ?? state.startedAtMs) - state.startedAtMs) / 1000;
    const refusal = state.answers.find(({ status }) => status >= 300);
    return {
      ...sent,
      account: {
        limit, value, allowed: load.allowed(seconds), reckoning: sent.reckoning, message: refusal?.firstBody ?? '',
        statuses: state.answers.map(({ status, items }) => `${status}: ${items}`).join(', '),
      },
    };
  }));
}

async function account(subject: Subject, tenant: Tenant, state: FlowState, seconds: number): Promise<Sent> {
  const { platform, signal, note } = subject;
  const others = platform.tenants.filter(({ name }) => name !== tenant.name).slice(0, windows.othersAtMost);
  const reckoning = await settledLedger(platform, tenant, state, { timeoutMs: seconds * 1000, graceMs: windows.graceSeconds * 1000, signal, note, others });
  return { tenant, state, reckoning };
}
