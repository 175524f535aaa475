import {
  appLives, apps, defineClaim, flowNow, flowState, jaegerRequestTraces, jaegerStored, loadOf, requestTraces, runLoad, settle, startFlow, stopFlow, storedItems, swapTraces, until,
} from '../../helpers/index.ts';
import type { Finding, Flow, FlowState, LoadResult, LoadSpec, Subject, Tenant } from '../../helpers/index.ts';
import { judgeSwap } from './swap-judge.ts';
import type { Asked, Swapped } from './swap-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'BS-1',
  area: 'backend-swap',
  claim: 'from Tempo to Jaeger under load by one line of the collectors\' resource: no app is touched, no trace is lost at the change, and from then on they are in Jaeger',
  platform: new URL('./swap.yaml', import.meta.url),
  twin: {
    wrong: 'the line leads to Jaeger\'s gRPC port, which does not speak the exporter\'s HTTP',
    patch: new URL('./swap.twin.yaml', import.meta.url),
    symptom: /[1-9]\d* acknowledged spans lost/,
  },
  usualSecondsPerSide: 60,
  check,
});

const windows = timing.swap;

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal } = subject;
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  const before = await appLives(platform, signal);
  const { spansPerSecond, spansPerTrace, flowSeconds, againSeconds } = windows;
  const flow = await startFlow(platform, tenant, {
    name: `${tenant.id}-flow`, signal: 'traces', via: 'collector', ratePerSecond: spansPerSecond, batch: spansPerTrace, spansPerTrace, seconds: flowSeconds, againSeconds,
  }, signal);
  const spec = loadOf(platform, `${platform.tenant}-over`);
  const [load, { swap, firstAfter }] = await Promise.all([runLoad(platform, spec, subject), swapUnderLoad(subject, tenant, flow, spec)]);
  if (load.startedAtMs > swap.changedAtMs || load.endedAtMs < swap.rolledOutAtMs) throw new Error(`the load did not last over the change, which took ${(swap.rolledOutAtMs - swap.changedAtMs) / 1000} s: load.seconds is too little`);
  const later = await runLoad(platform, { ...spec, name: `${platform.tenant}-after`, seconds: windows.afterSeconds }, subject);
  const state = await stopFlow(flow, signal);
  for (const { failedRequests, requests, name } of [load, later]) if (failedRequests > 0) throw new Error(`${failedRequests} of ${requests} requests of ${name} failed: their telemetry cannot be told`);
  const swapped = await settled(subject, tenant, { flow: state, loads: [load, later] }, { swap, firstAfter, before });
  return judgeSwap(swapped);
}

/** Changes the line once flow and load have arrived in Tempo, and says which item was the first that was sent when no collector was without it. */
async function swapUnderLoad(subject: Subject, tenant: Tenant, flow: Flow, { name, requestsPerSecond }: LoadSpec): Promise<Pick<Swapped, 'swap' | 'firstAfter'>> {
  const { platform, signal, note } = subject;
  await until('flow and load in Tempo', async ({ saw, signal: look }) => {
    const state = await flowState(flow, look);
    const [items, traces] = [await storedItems(platform, tenant, state, look), await requestTraces(platform, tenant, { name, numbers: [requestsPerSecond] }, look)];
    saw(`${items.length} spans, ${traces.size === 0 ? 'no' : 'a'} request`);
    return items.length > 0 && traces.size > 0 ? true : undefined;
  }, { timeoutMs: windows.firstDataSeconds * 1000, intervalMs: 500, signal, step: subject });
  note('the line is changed');
  const swap = await swapTraces(platform, tenant, subject);
  return { swap, firstAfter: (await flowNow(flow, signal)).sent };
}

interface Made { readonly flow: FlowState; readonly loads: readonly [LoadResult, LoadResult] }

/** Looks until nothing is missing in the two backends together, or time is up. */
async function settled(subject: Subject, tenant: Tenant, { flow, loads: [over, after] }: Made, known: Pick<Swapped, 'swap' | 'firstAfter'> & { readonly before: Swapped['lives']['before'] }): Promise<Swapped> {
  const { platform, signal, note } = subject;
  const asked = async (load: LoadResult, look: AbortSignal): Promise<Asked> => ({ load, tempo: await requestTraces(platform, tenant, load, look), jaeger: await jaegerRequestTraces(platform, load, look) });
  const look = async (looking: AbortSignal): Promise<Swapped> => ({
    swap: known.swap, firstAfter: known.firstAfter, services: apps, flow,
    lives: { before: known.before, after: await appLives(platform, looking) },
    stored: { tempo: await storedItems(platform, tenant, flow, looking), jaeger: await jaegerStored(platform, flow, looking) },
    over: await asked(over, looking), after: await asked(after, looking),
  });
  const missing = (seen: Swapped): string | undefined => {
    const { holds, observed } = judgeSwap(seen);
    return holds ? undefined : observed;
  };
  return (await settle('everything in Tempo or Jaeger', look, missing, { timeoutMs: windows.deliverySeconds * 1000, signal, note })).seen;
}
