import {
  collectorQueues, cutNetwork, defineClaim, failRoute, flowState, gateFlow, gateRecord, killCollector, senderNode, settledLedger, startFlow, stopFlow, until,
} from '../../helpers/index.ts';
import type { BackendName, Fault, Finding, Flow, FlowSignal, GateRecord, NotJudged, Subject, Tenant } from '../../helpers/index.ts';
import { judgeKilled, withoutOrdeal } from './killed-judge.ts';
import type { Sent } from './killed-judge.ts';
import { steadyRate, tooLittle } from './steady-rate.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'DL-5',
  area: 'delivery',
  claim: 'a node\'s network is cut, and its collector killed (-9) with a full persistent queue: nothing acknowledged is lost',
  platform: new URL('./killed-collector.yaml', import.meta.url),
  twin: {
    wrong: 'the queue is in memory',
    patch: new URL('./killed-collector.twin.yaml', import.meta.url),
    symptom: /[1-9]\d* acknowledged items lost, all among the [1-9]\d* that the collector held/,
  },
  needs: ['own-nodes'],
  usualSecondsPerSide: 30,
  check,
});

const windows = timing.killedCollector;
const ways: readonly (readonly [FlowSignal, BackendName])[] = [['metrics', 'mimir'], ['logs', 'loki'], ['traces', 'tempo']];

/** A flow and the route of the gate that it goes through. */
interface Way {
  readonly signal: FlowSignal;
  readonly backend: BackendName;
  readonly flow: Flow;
}

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform, signal } = subject;
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  const rates = await Promise.all(ways.map(([, backend]) => steadyRate(platform, tenant, backend, windows.itemsPerSecond, signal)));
  const skipped = tooLittle(ways.map(([, backend], index) => ({ tenant: tenant.name, backend, rate: rates[index] ?? 0 })));
  if (skipped !== undefined) return { skipped };
  const all = await Promise.all(ways.map(async ([kind, backend], index): Promise<Way> => ({ signal: kind, backend, flow: await startFlow(platform, tenant, {
    name: `${tenant.id}-${kind}`, signal: kind, via: 'collector', ratePerSecond: rates[index] as number, seconds: windows.flowSeconds,
  }, signal) })));
  await newData(subject, tenant, all, 0, windows.firstDataSeconds);
  const cut = await cutNetwork(platform, tenant, await senderNode(platform, tenant, signal), windows.cutSeconds, subject);
  await newData(subject, tenant, all, cut.toMs, windows.recoverSeconds);
  await failAll(subject, tenant, { mode: 'refuse', seconds: windows.refuseSeconds });
  const before = await filled(subject, tenant, all);
  const [queue] = await collectorQueues(platform, tenant, signal);
  if (!queue) throw new Error('this tenant has no collector');
  const killed = await killCollector(platform, tenant, queue, subject);
  await failAll(subject, tenant, { mode: 'pass' });
  await newData(subject, tenant, all, Date.now(), windows.againSeconds);
  const sent = await Promise.all(all.map((way, index) => account(subject, tenant, way, before[index] as GateRecord)));
  const ordeal = { sent, cut, killed, queue };
  const unproved = withoutOrdeal(ordeal);
  if (unproved !== undefined) throw new Error(unproved);
  return judgeKilled(ordeal);
}

function records({ platform }: Subject, tenant: Tenant, all: readonly Way[], signal: AbortSignal): Promise<readonly GateRecord[]> {
  return Promise.all(all.map(({ backend }) => gateRecord(platform, tenant, backend, signal)));
}

/** Waits until every route has passed on something new since that time. */
async function newData(subject: Subject, tenant: Tenant, all: readonly Way[], sinceMs: number, seconds: number): Promise<void> {
  await until('new data on every route', async ({ saw, signal }) => {
    const idle = (await records(subject, tenant, all, signal)).filter((record, index) => (gateFlow(record, all[index]?.flow.order.name ?? '').lastNewAtMs ?? 0) <= sinceMs);
    saw(`none on ${idle.map(({ name }) => name).join(', ')}`);
    return idle.length === 0 ? true : undefined;
  }, { timeoutMs: seconds * 1000, signal: subject.signal, step: subject });
}

async function failAll({ platform, signal }: Subject, tenant: Tenant, fault: Fault): Promise<void> {
  await Promise.all(ways.map(([, backend]) => failRoute(platform, tenant, backend, fault, signal)));
}

/** Waits until more was acknowledged of each flow than the backends took; nothing passes the gate. @returns the gate's records then */
async function filled(subject: Subject, tenant: Tenant, all: readonly Way[]): Promise<readonly GateRecord[]> {
  return until('acknowledged items that no backend has', async ({ saw, signal }) => {
    const taken = await records(subject, tenant, all, signal);
    const states = await Promise.all(all.map(({ flow }) => flowState(flow, signal)));
    const held = states.map(({ acceptedItems, name }, index) => acceptedItems - gateFlow(taken[index] as GateRecord, name).distinct);
    saw(held.join(', '));
    return held.every((items, index) => items >= (all[index]?.flow.order.ratePerSecond ?? 0) * windows.heldSeconds) ? taken : undefined;
  }, { timeoutMs: windows.firstDataSeconds * 1000, signal: subject.signal, step: subject });
}

async function account(subject: Subject, tenant: Tenant, { signal: kind, backend, flow }: Way, before: GateRecord): Promise<Sent> {
  const { platform, signal, note } = subject;
  const state = await stopFlow(flow, signal);
  const ledger = await settledLedger(platform, tenant, state, { timeoutMs: windows.deliverySeconds * 1000, graceMs: windows.graceSeconds * 1000, signal, note, others: [] });
  const gate = await gateRecord(platform, tenant, backend, signal);
  return { signal: kind, flow: state, ledger, gate, takenBefore: gateFlow(before, state.name).distinct };
}
