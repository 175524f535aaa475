import { defineClaim, failRoute, flowState, gateFlow, gateRecord, limiterInForce, onlyCollector, refusedAtFirst, settle, startFlow, stopFlow, watchMemory } from '../../helpers/index.ts';
import type { Finding, Flow, FlowState, MemoryLine, Subject, Tenant } from '../../helpers/index.ts';
import { judgeHeadroom } from './headroom-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SN-3',
  area: 'small-node-oom',
  claim: 'with headroom (request = limit, GOMEMLIMIT, memory_limiter) a collector on 2 GiB refuses data instead of dying, and what it refused arrives later',
  platform: new URL('./headroom.yaml', import.meta.url),
  twin: {
    wrong: 'GOMEMLIMIT and memory_limiter are off',
    patch: new URL('./headroom.twin.yaml', import.meta.url),
    symptom: /OOMKilled by its container's own limit|hangs/,
  },
  usualSecondsPerSide: 40,
  check,
});

const windows = timing.headroom;

async function check(subject: Subject): Promise<Finding> {
  const { platform, signal, note } = subject;
  const [tenant] = platform.tenants;
  if (!tenant) throw new Error('this platform has no tenant');
  const collector = await onlyCollector(platform, tenant, signal);
  await failRoute(platform, tenant, 'tempo', { mode: 'refuse', seconds: windows.outageSeconds }, signal);
  const flow = await startFlow(platform, tenant, { name: `${tenant.id}-headroom`, signal: 'traces', via: 'collector', ...windows.flood }, signal);
  const line = await watchMemory(tenant, collector, flow, { timeoutMs: windows.boundSeconds * 1000, tailMs: 0, signal, note });
  const state = await ended(subject, flow, line);
  const delivered = lives(line) ? await deliveredOf(subject, tenant, state) : await takenOf(subject, tenant, state);
  const { memory, on = '' } = platform.spec.collector;
  return judgeHeadroom({ flow: state, refusedFirst: refusedAtFirst(state), line, delivered, memory, limiter: await limiterInForce(tenant, signal), nodeMiB: platform.spec.nodeSizes[on]?.memoryMiB });
}

function lives({ fate }: MemoryLine): boolean {
  return fate.kind === 'refusing' || fate.kind === 'survived';
}

/** A flow into a collector that has died would be sent again and again for nothing. */
async function ended({ signal }: Subject, flow: Flow, line: MemoryLine): Promise<FlowState> {
  return lives(line) ? flowState(flow, signal) : stopFlow(flow, signal);
}

async function deliveredOf(subject: Subject, tenant: Tenant, state: FlowState): Promise<number> {
  const { signal, note } = subject;
  const { seen } = await settle('all of it at the backend', () => takenOf(subject, tenant, state), (spans) => (spans >= state.acceptedItems ? undefined : `${spans} of ${state.acceptedItems}`), {
    timeoutMs: windows.drainSeconds * 1000, signal, note,
  });
  return seen;
}

async function takenOf({ platform, signal }: Subject, tenant: Tenant, state: FlowState): Promise<number> {
  return gateFlow(await gateRecord(platform, tenant, 'tempo', signal), state.name).distinct;
}
