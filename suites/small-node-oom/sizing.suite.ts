import { defineClaim, failRoute, freshCollector, limiterInForce, PlumblineError, startFlow, stopFlow, watchMemory } from '../../helpers/index.ts';
import type { CollectorPod, Finding, Platform, Subject, Tenant } from '../../helpers/index.ts';
import { deliveredOf } from './delivered.ts';
import { guessMiB, limitsToTry, smallestLimit } from './size-search.ts';
import { goMemLimitOf, judgeSize } from './sizing-judge.ts';
import type { Size, SizedNode, Trial } from './sizing-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SN-5',
  area: 'small-node-oom',
  claim: 'the smallest node and the smallest limits that carry a load are found by trials, and carry it',
  platform: new URL('./sizing.yaml', import.meta.url),
  twin: {
    wrong: 'no more than 64 MiB may be had',
    patch: new URL('./sizing.twin.yaml', import.meta.url),
    symptom: /no limit up to \d+ MiB carries/,
  },
  usualSecondsPerSide: 45,
  check,
});

const windows = timing.sizing;

async function check(subject: Subject): Promise<Finding> {
  const { platform } = subject;
  const [tenant] = platform.tenants;
  const { sizing: load, nodeSizes } = platform.spec;
  const nodes = Object.entries(nodeSizes).map(([node, { memoryMiB }]) => ({ node, memoryMiB })).toSorted((a, b) => a.memoryMiB - b.memoryMiB);
  const largest = nodes.at(-1);
  if (!tenant || !load || !largest) throw new Error('this platform has no tenant, no load to look a size for, or no node to look on');
  const trials: Trial[] = [];
  const carries = async (node: SizedNode, limitMiB: number): Promise<boolean> => {
    const made = await trial(subject, tenant, node, limitMiB);
    trials.push(made);
    return made.carried;
  };
  const limiter = await limiterInForce(tenant, subject.signal);
  const mostMiB = Math.min(load.mostMiB, largest.memoryMiB - windows.floorMiB);
  const limits = limitsToTry(limiter, mostMiB);
  const least = await smallestLimit(limits, guessMiB(load), (limit) => carries(largest, limit));
  const enough = limits.filter((limit) => limit >= (least ?? Infinity));
  const size = least === undefined ? undefined : await smallestNode(nodes, (node, limit) => limit + floorOf(trials) <= node.memoryMiB, enough, carries) ?? { node: largest, limitMiB: least };
  return judgeSize({ load, mostMiB, trials, size, floorMiB: floorOf(trials), limiter });
}

/**
 * The first node, by size, that carries the load with one of the limits that were enough on the largest. One that was enough there by a
 * hair, and is not here, gives way to the next.
 */
async function smallestNode(nodes: readonly SizedNode[], fits: (node: SizedNode, limitMiB: number) => boolean, limits: readonly number[], carries: (node: SizedNode, limitMiB: number) => Promise<boolean>): Promise<Size | undefined> {
  for (const node of nodes.slice(0, -1)) {
    for (const limitMiB of limits.filter((limit) => fits(node, limit)).slice(0, windows.limitsOnSmaller)) if (await carries(node, limitMiB)) return { node, limitMiB };
  }
  return undefined;
}

/** What a node holds beside the collector, measured as the trials began; where nobody can say, what is usual. */
function floorOf(trials: readonly Trial[]): number {
  return Math.max(...trials.flatMap(({ line }) => line?.looks.slice(0, 1) ?? []).flatMap((first) => (first?.node && first.own ? [first.node.anonymousMiB - first.own.rssMiB] : [])), 0) || windows.floorMiB;
}

async function trial({ platform, signal, note }: Subject, tenant: Tenant, { node, memoryMiB }: SizedNode, limitMiB: number): Promise<Trial> {
  const say = (text: string): void => note(`${limitMiB} MiB on ${node}: ${text}`);
  const load = platform.spec.sizing;
  if (!load) throw new Error('no load to look a size for');
  const collector = await startedWith(platform, tenant, node, limitMiB, { signal, note: say });
  if (!collector) return { node, nodeMiB: memoryMiB, limitMiB, delivered: 0, carried: false };
  await failRoute(platform, tenant, 'tempo', load.outageSeconds > 0 ? { mode: 'refuse', seconds: load.outageSeconds } : { mode: 'pass' }, signal);
  const flow = await startFlow(platform, tenant, {
    name: `${tenant.id}-${limitMiB}-${node}`, signal: 'traces', via: 'collector', ...windows.spans, ratePerSecond: load.spansPerSecond, seconds: load.outageSeconds + windows.calmSeconds, padBytes: Math.max(0, load.spanBytes - windows.bareBytes),
  }, signal);
  const line = await watchMemory(tenant, collector, flow, { timeoutMs: windows.boundSeconds * 1000, tailMs: 0, enough: ({ own }) => (own?.refused ?? 0) > 0, signal, note: say });
  const state = await stopFlow(flow, signal);
  const complete = line.fate.kind === 'survived' && state.acceptedItems === state.planned;
  const delivered = complete ? await deliveredOf({ platform, signal, note: say }, tenant, state, windows.drainSeconds) : 0;
  return { node, nodeMiB: memoryMiB, limitMiB, line, flow: state, delivered, carried: complete && delivered >= state.planned };
}

/** Undefined where it does not even start. */
async function startedWith(platform: Platform, tenant: Tenant, node: string, limitMiB: number, watching: { readonly signal: AbortSignal; note(text: string): void }): Promise<CollectorPod | undefined> {
  try {
    return await freshCollector(platform, tenant, node, { probes: true, memory: { limit: limitMiB, goMemLimit: goMemLimitOf(limitMiB) } }, watching);
  } catch (thrown) {
    if (thrown instanceof PlumblineError && thrown.problem.code === 'PL-COMPONENT-EXITED') return undefined;
    throw thrown;
  }
}
