import { defineClaim, failRoute, flowState, limiterInForce, lives, onlyCollector, refusedAtFirst, startFlow, stopFlow, watchMemory } from '../../helpers/index.ts';
import type { Finding, Flow, FlowState, MemoryLine, Subject } from '../../helpers/index.ts';
import { deliveredOf, takenOf } from './delivered.ts';
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
  const delivered = lives(line.fate) ? await deliveredOf(subject, tenant, state, windows.drainSeconds) : await takenOf(subject, tenant, state, signal);
  const { memory, on = '' } = platform.spec.collector;
  return judgeHeadroom({ flow: state, refusedFirst: refusedAtFirst(state), line, delivered, memory, limiter: await limiterInForce(tenant, signal), nodeMiB: platform.spec.nodeSizes[on]?.memoryMiB });
}

/** A flow into a collector that has died would be sent again and again for nothing. */
async function ended({ signal }: Subject, flow: Flow, line: MemoryLine): Promise<FlowState> {
  return lives(line.fate) ? flowState(flow, signal) : stopFlow(flow, signal);
}
