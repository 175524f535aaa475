import PQueue from 'p-queue';
import { PlumblineError } from '../errors.ts';
import { lastLinesOf, mustRun } from '../processes/start.ts';
import { until } from '../run/wait.ts';
import type { Step } from '../run/context.ts';
import { job, statsOf } from './allocator.ts';
import type { RunningAllocator, Stats } from './allocator.ts';
import { Assignment } from './assignment.ts';
import { collectorName } from './collectors.ts';
import { faultsOf } from './faults.ts';
import type { Fault, Scene } from './faults.ts';

/** Whom to ask, and what is to be seen. */
export interface Expected {
  readonly scene: Scene;
  /** Numbers of the collectors that are there. */
  readonly collectors: readonly number[];
  /** How many targets are there. */
  readonly targets: number;
}

export interface Settled {
  readonly stats: Stats;
  /** Of assigning what changed. */
  readonly seconds: number;
  readonly assignment: Assignment;
  readonly faults: readonly Fault[];
}

/** For the allocator to see a change and to act on it; it looks each 5 s. Two minutes: the machine may be busy with other things. */
const timeoutMs = 120_000;
/** A fault is one when it outlasts the allocator's next look. */
const faultLastsMs = 7000;
/** Questions under way at once. */
const atOnce = 4;

/**
 * Waits until an allocator has assigned what is there, then asks it for every collector.
 *
 * @param since what it said before the change that is waited for
 * @throws PlumblineError PL-COMPONENT-EXITED when it has ended, PL-WAIT-TIMEOUT
 */
export async function settled(allocator: RunningAllocator, expected: Expected, since: Stats, signal: AbortSignal, step: Pick<Step, 'note'>): Promise<Settled> {
  const stats = await assigned(allocator, expected, since, signal, step);
  let seen = await ask(allocator, expected, signal);
  if (seen.faults.length === 0) return { stats, seconds: stats.seconds - since.seconds, ...seen };
  await until('each target assigned once', async ({ saw }) => {
    await mustRun(allocator.process);
    seen = await ask(allocator, expected, signal);
    if (seen.faults.length === 0) return true;
    saw(seen.faults.map(({ what, count }) => `${count} ${what}`).join(', '));
    return undefined;
  }, { timeoutMs: faultLastsMs, intervalMs: 1000, signal, step }).catch(onlyTimeout);
  const last = await statsOf(allocator, signal);
  return { stats: last, seconds: last.seconds - since.seconds, ...seen };
}

function onlyTimeout(thrown: unknown): void {
  if (!(thrown instanceof PlumblineError && thrown.problem.code === 'PL-WAIT-TIMEOUT')) throw thrown;
}

/** An allocator says how many there are when it begins to assign, and counts the call when it has done so. */
async function assigned(allocator: RunningAllocator, { collectors, targets }: Expected, since: Stats, signal: AbortSignal, step: Pick<Step, 'note'>): Promise<Stats> {
  // Calls counted at the last look that saw another number; undefined where the number is no other.
  let collectorCalls = since.collectors === collectors.length ? undefined : since.collectorCalls;
  let targetCalls = since.targets === targets ? undefined : since.targetCalls;
  return until('targets assigned', async (look) => {
    await mustRun(allocator.process);
    const now = await statsOf(allocator, look.signal);
    look.saw(`${now.collectors} of ${collectors.length} collectors and ${now.targets} of ${targets} targets seen`);
    if (now.collectors !== collectors.length) collectorCalls = now.collectorCalls;
    if (now.targets !== targets) targetCalls = now.targetCalls;
    return now.collectorCalls > (collectorCalls ?? -1) && now.targetCalls > (targetCalls ?? -1) ? now : undefined;
  }, { timeoutMs, intervalMs: 200, signal, step, lastLines: () => lastLinesOf(allocator.process.logFile) });
}

async function ask({ http }: RunningAllocator, { scene, collectors }: Expected, signal: AbortSignal): Promise<Pick<Settled, 'assignment' | 'faults'>> {
  const assignment = new Assignment(scene.targets);
  const queue = new PQueue({ concurrency: atOnce });
  await queue.addAll(collectors.map((collector) => async () => {
    const { data } = await http.get<readonly { readonly targets: readonly string[] }[]>(`/jobs/${job}/targets`, { params: { collector_id: collectorName(collector) }, signal });
    for (const { targets } of data) for (const address of targets) assignment.take(collector, address);
  }), { signal });
  return { assignment, faults: faultsOf(assignment, scene) };
}
