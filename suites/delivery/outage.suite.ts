import {
  defineClaim, exporterCounts, exporterMetrics, failRoute, finished, gateRecord, settle, settledLedger, startFlow, until,
} from '../../helpers/index.ts';
import type { BackendName, ExporterCounts, Finding, Flow, FlowSignal, FlowState, NotJudged, Subject, Tenant } from '../../helpers/index.ts';
import { judgeOutages, outageKinds, withoutOutage } from './outage-judge.ts';
import type { OutageKind, Outcome } from './outage-judge.ts';
import { steadyRate, tooLittle } from './steady-rate.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'DL-4',
  area: 'delivery',
  claim: 'a backend outage of 60 s (gone, slow, 503, 429, half of the requests): with retry_on_failure and sending_queue all is delivered in the end',
  platform: new URL('./outage.yaml', import.meta.url),
  twin: {
    wrong: 'neither queue nor retry',
    patch: new URL('./outage.twin.yaml', import.meta.url),
    symptom: /[1-9]\d* acknowledged items lost, exactly those that no backend took/,
  },
  // Both wait for a minute, and what they send is far below what this machine can.
  sidesTogether: true,
  usualSecondsPerSide: 85,
  check,
});

const windows = timing.outage;
const ways: Readonly<Record<FlowSignal, BackendName>> = { metrics: 'mimir', logs: 'loki', traces: 'tempo' };

/** One tenant's data of one signal, on its way through a route of the gate. */
interface Way {
  readonly kind: OutageKind;
  readonly tenant: Tenant;
  readonly signal: FlowSignal;
  readonly backend: BackendName;
}

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform, signal } = subject;
  const all = platform.tenants.slice(0, outageKinds.length).flatMap((tenant, index) => Object.entries(ways).map(([kind, backend]): Way =>
    ({ kind: outageKinds[index] as OutageKind, tenant, signal: kind as FlowSignal, backend })));
  const rates = await Promise.all(all.map(({ tenant, backend }) => steadyRate(platform, tenant, backend, windows.itemsPerSecond, signal)));
  const skipped = tooLittle(all.map(({ tenant, backend }, index) => ({ tenant: tenant.name, backend, rate: rates[index] ?? 0 })));
  if (skipped !== undefined) return { skipped };
  const flows = await Promise.all(all.map((way, index) => startFlow(platform, way.tenant, {
    name: `${way.tenant.id}-${way.signal}`, signal: way.signal, via: 'collector',
    ratePerSecond: rates[index] as number, batch: Math.ceil(rates[index] as number / 5), seconds: windows.flowSeconds,
  }, signal)));
  await failAll(subject, all);
  const states = await Promise.all(flows.map((flow: Flow) => finished(flow, { timeoutMs: windows.flowSeconds * 1000, ...subject })));
  const counts = await drained(subject, all, states);
  const outcomes = await Promise.all(all.map((way, index) => outcomeOf(subject, way, states[index] as FlowState, counts[index] as ExporterCounts)));
  const unproved = withoutOutage(outcomes);
  if (unproved !== undefined) throw new Error(unproved);
  return judgeOutages(outcomes);
}

/** Waits until every route carries data, fails all of them at once, and waits until that is over. */
async function failAll({ platform, signal, note }: Subject, all: readonly Way[]): Promise<void> {
  const waiting = { intervalMs: 1000, signal, step: { note } };
  await until('data on every route', async (look) => {
    const records = await Promise.all(all.map(({ tenant, backend }) => gateRecord(platform, tenant, backend, look.signal)));
    const idle = records.filter(({ flows }) => flows.length === 0);
    look.saw(`none on ${idle.length} of ${records.length}`);
    return idle.length === 0 ? true : undefined;
  }, { ...waiting, timeoutMs: windows.firstDataSeconds * 1000 });
  await Promise.all(all.map(({ tenant, backend, kind }) => failRoute(platform, tenant, backend, kind.fault, signal)));
  note(`no backend for ${windows.outageSeconds} s`);
  await until('the end of every outage', async (look) => {
    // Routes fail and recover together; asking all of them every second would be a load of its own.
    const [first, last] = await Promise.all([all.at(0), all.at(-1)].map((way) => way && gateRecord(platform, way.tenant, way.backend, look.signal)));
    return first?.fault.mode === 'pass' && last?.fault.mode === 'pass' ? true : undefined;
  }, { ...waiting, timeoutMs: (windows.outageSeconds + windows.liftSeconds) * 1000 });
}

/** Waits until the exporters have sent or given up what was acknowledged; where they are not through, the ledger shows it. */
async function drained({ platform, signal, note }: Subject, all: readonly Way[], states: readonly FlowState[]): Promise<readonly ExporterCounts[]> {
  const one = [...new Map(platform.tenants.map((tenant) => [tenant.client, tenant])).values()];
  const look = async (looking: AbortSignal): Promise<readonly ExporterCounts[]> => {
    const samples = (await Promise.all(one.map((tenant) => exporterMetrics(platform, tenant, looking)))).flat();
    return all.map(({ tenant, backend }) => exporterCounts(samples, backend, tenant.name));
  };
  const missing = (counts: readonly ExporterCounts[]): string | undefined => {
    const behind = counts.filter(({ sent, failed }, index) => sent + failed < (states[index]?.acceptedItems ?? 0));
    return behind.length === 0 ? undefined : `${behind.length} of ${counts.length} not yet`;
  };
  return (await settle('exporters through with their data', look, missing, { timeoutMs: windows.drainSeconds * 1000, signal, note })).seen;
}

async function outcomeOf({ platform, signal, note }: Subject, { kind, tenant, signal: kindOfData, backend }: Way, flow: FlowState, counts: ExporterCounts): Promise<Outcome> {
  const ledger = await settledLedger(platform, tenant, flow, { timeoutMs: windows.deliverySeconds * 1000, graceMs: windows.graceSeconds * 1000, signal, note, others: [] });
  const gate = await gateRecord(platform, tenant, backend, signal);
  return { kind: kind.name, tenant: tenant.name, signal: kindOfData, flow, ledger, gate, counts };
}
