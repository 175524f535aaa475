import { defineClaim, failRoute, freshCollector, gateFlow, gateRecord, settle, startFlow, stopFlow, watchMemory } from '../../helpers/index.ts';
import type { Finding, FlowState, NotJudged, Subject, Tenant } from '../../helpers/index.ts';
import { guessMiB, ladderMiB, smallestLimit } from './size-search.ts';
import { goMemLimitOf, judgeSize } from './sizing-judge.ts';
import type { Trial } from './sizing-judge.ts';
import { timing } from './timing.ts';

export default defineClaim({
  id: 'SN-5',
  area: 'small-node-oom',
  claim: 'the smallest node and the smallest limits that carry a load are found by trials, and carry it',
  platform: new URL('./sizing.yaml', import.meta.url),
  twin: {
    wrong: 'less memory may be had than the load takes',
    patch: new URL('./sizing.twin.yaml', import.meta.url),
    symptom: /no limit up to \d+ MiB carries/,
  },
  usualSecondsPerSide: 45,
  check,
});

const windows = timing.sizing;

async function check(subject: Subject): Promise<Finding | NotJudged> {
  const { platform } = subject;
  const [tenant] = platform.tenants;
  const { sizing: load, nodeSizes, collector } = platform.spec;
  const nodes = Object.entries(nodeSizes).map(([node, { memoryMiB }]) => ({ node, memoryMiB })).toSorted((a, b) => a.memoryMiB - b.memoryMiB);
  const largest = nodes.at(-1);
  if (!tenant || !load || !largest) throw new Error('this platform has no tenant, no load to look a size for, or no node to look on');
  const trials: Trial[] = [];
  const carries = async (node: SizedNode, limitMiB: number): Promise<boolean> => {
    const made = await trial(subject, tenant, node, limitMiB);
    trials.push(made);
    return made.carried;
  };
  const limits = ladderMiB.filter((limit) => limit <= Math.min(load.mostMiB, largest.memoryMiB - windows.floorMiB));
  const limitMiB = await smallestLimit(limits, guessMiB(load), (limit) => carries(largest, limit));
  const node = limitMiB === undefined ? undefined : await smallestNode(nodes, largest, trials, (one) => carries(one, limitMiB));
  return judgeSize({ load, limits, trials, limitMiB, node, floorMiB: floorOf(trials), limiter: collector.memory?.limiter });
}

interface SizedNode {
  readonly node: string;
  readonly memoryMiB: number;
}

/** The first node, by size, that holds the collector beside what it has anyway, and carries the load with it. */
async function smallestNode(nodes: readonly SizedNode[], largest: SizedNode, trials: readonly Trial[], carries: (node: SizedNode) => Promise<boolean>): Promise<SizedNode> {
  const limit = Math.min(...trials.filter(({ carried }) => carried).map(({ limitMiB }) => limitMiB));
  for (const node of nodes) {
    if (node === largest || limit + floorOf(trials) > node.memoryMiB) continue;
    if (await carries(node)) return node;
  }
  return largest;
}

/** What a node holds beside the collector, measured as the trials began; where nobody can say, what is usual. */
function floorOf(trials: readonly Trial[]): number {
  return Math.max(...trials.flatMap(({ line: { looks: [first] } }) => (first?.node && first.own ? [first.node.anonymousMiB - first.own.rssMiB] : [])), 0) || windows.floorMiB;
}

async function trial({ platform, signal, note }: Subject, tenant: Tenant, { node, memoryMiB }: SizedNode, limitMiB: number): Promise<Trial> {
  const say = (text: string): void => note(`${limitMiB} MiB on ${node}: ${text}`);
  const load = platform.spec.sizing;
  if (!load) throw new Error('no load to look a size for');
  const collector = await freshCollector(platform, tenant, node, { probes: true, memory: { limit: limitMiB, goMemLimit: goMemLimitOf(limitMiB) } }, { signal, note: say });
  await failRoute(platform, tenant, 'tempo', load.outageSeconds > 0 ? { mode: 'refuse', seconds: load.outageSeconds } : { mode: 'pass' }, signal);
  const flow = await startFlow(platform, tenant, {
    name: `${tenant.id}-${limitMiB}-${node}`, signal: 'traces', via: 'collector', ...windows.spans, ratePerSecond: load.spansPerSecond, seconds: load.outageSeconds + windows.calmSeconds, padBytes: Math.max(0, load.spanBytes - windows.bareBytes),
  }, signal);
  const line = await watchMemory(tenant, collector, flow, { timeoutMs: windows.boundSeconds * 1000, tailMs: 0, enough: ({ own }) => (own?.refused ?? 0) > 0, signal, note: say });
  const state = await stopFlow(flow, signal);
  const complete = line.fate.kind === 'survived' && state.acceptedItems === state.planned;
  const delivered = complete ? await deliveredOf({ platform, signal, note: say }, tenant, state) : 0;
  return { node, nodeMiB: memoryMiB, limitMiB, line, flow: state, delivered, carried: complete && delivered >= state.planned };
}

/** Spans that the backend took, once the collector is through with them. */
async function deliveredOf({ platform, signal, note }: Subject, tenant: Tenant, state: FlowState): Promise<number> {
  const look = async (at: AbortSignal): Promise<number> => gateFlow(await gateRecord(platform, tenant, 'tempo', at), state.name).distinct;
  return (await settle('all of it at the backend', look, (spans) => (spans >= state.planned ? undefined : `${spans} of ${state.planned}`), { timeoutMs: windows.drainSeconds * 1000, signal, note })).seen;
}
