import {
  acknowledgedRanges, defineClaim, discards, exporterCounts, exporterMetrics, flowState, nodeCpus, partsUsage, receivedSpans, reckon, refusedRanges, settle, startFlow,
  stopFlow, storedItems, until,
} from '../../helpers/index.ts';
import type { Finding, Flow, FlowState, Reckoning, Subject, Tenant } from '../../helpers/index.ts';
import { judgeFlood } from './flood-judge.ts';
import type { FloodLook, Reading } from './flood-judge.ts';
import { ramp } from './flood-ramp.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'DL-7',
  area: 'delivery',
  claim: '20,000 spans a second for a minute go through one node\'s collector into Tempo: none is lost, and both stay within their memory',
  platform: new URL('./flood.yaml', import.meta.url),
  twin: {
    wrong: 'a limit of the tenant in Tempo (max_bytes_per_trace) is far below what comes',
    patch: new URL('./flood.twin.yaml', import.meta.url),
    symptom: /[1-9]\d* of \d+ spans not delivered/,
  },
  usualSecondsPerSide: 42,
  check,
});

const windows = timing.flood;

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal } = subject;
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  const { ratePerSecond, seconds, spansPerTrace, batch, concurrency, attributes } = windows;
  const looks: FloodLook[] = [await look(subject, tenant, undefined)];
  const flow = await startFlow(platform, tenant, { name: `${tenant.id}-flood`, signal: 'traces', via: 'collector', ratePerSecond, seconds, spansPerTrace, batch, concurrency, attributes }, signal);
  const endedEarly = await watch(subject, flow, looks);
  const state = await stopFlow(flow, signal);
  if (endedEarly === undefined) await stored(subject, tenant, state);
  looks.push(await look(subject, tenant, state));
  const { reckoning, reading } = await readBack(subject, tenant, state);
  // Last, for it may leave anything behind.
  const beyond = endedEarly === undefined && reckoning.lost === 0 ? { ramp: await ramp(subject, tenant) } : {};
  return judgeFlood({
    planned: state.planned, ratePerSecond, cpus: await nodeCpus(tenant, signal), looks, reckoning, reading, ...(endedEarly === undefined ? {} : { endedEarly }), ...beyond,
  });
}

async function look({ platform, signal }: Subject, tenant: Tenant, state: FlowState | undefined): Promise<FloodLook> {
  const parts = await partsUsage(platform, tenant, 'tempo', signal);
  return { atMs: state ? Date.now() - state.startedAtMs : 0, sent: state?.sent ?? 0, accepted: state?.acceptedItems ?? 0, parts };
}

/** Looks at all parts until the flow has ended; answers what was lost, as soon as something is: more of the same would prove no more. */
async function watch(subject: Subject, flow: Flow, looks: FloodLook[]): Promise<string | undefined> {
  const { signal, note } = subject;
  const seen = await until('the flood sent', async ({ saw }) => {
    const state = await flowState(flow, signal);
    looks.push(await look(subject, flow.tenant, state));
    saw(`${state.acceptedItems} of ${state.planned} spans accepted`);
    const loss = lossIn(state) ?? await givenUp(subject, flow.tenant) ?? await discarded(subject, flow.tenant);
    if (loss !== undefined) return { loss };
    return state.running ? undefined : {};
  }, { timeoutMs: (windows.seconds + windows.overtimeSeconds) * 1000, intervalMs: windows.lookEverySeconds * 1000, signal, step: { note } });
  return 'loss' in seen ? seen.loss : undefined;
}

/** The sender sends nothing twice: what was not taken is lost. */
function lossIn({ answers }: FlowState): string | undefined {
  const refusal = answers.find(({ status }) => status < 200 || status >= 300);
  return refusal && `the collector answered ${refusal.status}: ${refusal.firstBody}`;
}

async function givenUp({ platform, signal }: Subject, tenant: Tenant): Promise<string | undefined> {
  const { failed } = exporterCounts(await exporterMetrics(platform, tenant, signal), 'tempo', tenant.name);
  return failed > 0 ? `the collector gave ${failed} spans up` : undefined;
}

/** What is above a rate is refused, and sent again; anything else that Tempo discards it has answered with 200. */
async function discarded({ platform, signal }: Subject, tenant: Tenant): Promise<string | undefined> {
  const first = (await discards(platform, 'tempo', signal)).find(({ tenantId, reason }) => tenantId === tenant.id && reason !== 'rate_limited');
  return first && `Tempo discarded ${first.items} spans and more: ${first.reason}`;
}

/** Waits until Tempo has counted them all in: reading a million spans back takes seconds, and too early a look would be another one. */
async function stored({ platform, signal, note }: Subject, tenant: Tenant, state: FlowState): Promise<void> {
  await settle('the flood in Tempo', (at) => receivedSpans(platform, tenant, at), (spans) => (spans >= state.acceptedItems ? undefined : `${spans} of ${state.acceptedItems}`), {
    timeoutMs: windows.deliverySeconds * 1000, signal, note,
  });
}

/** One reading, with what it took; a second one where something is missing. */
async function readBack({ platform, signal, note }: Subject, tenant: Tenant, state: FlowState): Promise<{ readonly reckoning: Reckoning; readonly reading: Reading }> {
  note(`reading ${state.sent} spans back`);
  const backendCpu = async (): Promise<number> => (await partsUsage(platform, tenant, 'tempo', signal)).find(({ part }) => part === 'tempo')?.cpuSeconds ?? 0;
  const [before, own, start] = [await backendCpu(), process.cpuUsage(), performance.now()];
  let peakMb = 0;
  const timer = setInterval(() => { peakMb = Math.max(peakMb, process.memoryUsage.rss() / 1e6); }, 100);
  const found = await storedItems(platform, tenant, state, signal).finally(() => clearInterval(timer));
  const { user, system } = process.cpuUsage(own);
  const reading = { seconds: (performance.now() - start) / 1000, ownCpuSeconds: (user + system) / 1e6, backendCpuSeconds: await backendCpu() - before, peakMb };
  const reckoned = (lastLook: Uint32Array): Reckoning => reckon({ sent: state.sent, acknowledged: acknowledgedRanges(state), refused: refusedRanges(state), firstLook: found, lastLook });
  const first = reckoned(found);
  return { reading, reckoning: first.lost === 0 ? first : reckoned(await storedItems(platform, tenant, state, signal)) };
}
