import { mkdir } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { buildBinary } from '../builds/binary.ts';
import type { GoBuild } from '../builds/recipe.ts';
import { createApiOnly } from '../clusters/embedded/api-only.ts';
import { kube } from '../clusters/embedded/builds.ts';
import { removeRun } from '../clusters/embedded/remove.ts';
import { mustBeRoot } from '../clusters/embedded/root.ts';
import { kubeClient } from '../clusters/kubernetes.ts';
import { together } from '../clusters/together.ts';
import { allocatorImage } from '../components/allocator/image.ts';
import { PlumblineError, exitCodes } from '../errors.ts';
import type { RunContext, RunStep } from '../run/context.ts';
import type { EventSink } from '../run/events.ts';
import { writeOwner } from '../run/owner.ts';
import { runsDir } from '../run/paths.ts';
import { runSteps } from '../run/steps.ts';
import { addCollectors, makeNamespace } from './collectors.ts';
import { growthOf } from './growth.ts';
import { bounds, sizesOf, variedBy } from './options.ts';
import type { SimulationOptions, Size } from './options.ts';
import { measurePoint } from './point.ts';
import type { Point, Simulation } from './result.ts';
import { collectorsOf, crowdOf } from './stage.ts';
import type { Ground } from './stage.ts';

/** Points at a time. Most of a point is waiting for the allocator's next look. */
const lanes = 2;

/**
 * Measures the real allocator on simulated clusters and removes everything of it again.
 *
 * @throws PlumblineError PL-USAGE, PL-VERSION-UNKNOWN, PL-NEEDS-ROOT; what the API server or a build failed of; the signal's reason
 */
export async function simulate(options: SimulationOptions, emit: EventSink, signal: AbortSignal): Promise<Simulation> {
  const startedAt = new Date();
  const sizes = sizesOf(options);
  const build = allocatorBuild(options.allocator);
  mustBeRoot();
  emit({ kind: 'run.started', runId: options.runId, command: options.command });
  const deadline = AbortSignal.timeout(bounds.minutes * 60_000);
  const points = await inOwnRun(options, emit, AbortSignal.any([signal, deadline]), (context, step) => measureAll(options, build, sizes, context, step))
    .catch((thrown: unknown) => { throw deadline.aborted && !signal.aborted ? tooLong() : thrown; });
  const exitCode = points.every(isRight) ? exitCodes.kept : exitCodes.broken;
  const durationMs = Date.now() - startedAt.getTime();
  emit({ kind: 'run.ended', runId: options.runId, exitCode, durationMs });
  const { runId, command, allocator, strategy, missing } = options;
  const varied = variedBy(options);
  return {
    schemaVersion: 1,
    run: { id: runId, command, startedAt: startedAt.toISOString(), durationMs, exitCode },
    allocator, strategy, missing, varied, machine: { cores: availableParallelism(), memoryBytes: totalmem() },
    points, growth: growthOf(points, varied),
  };
}

function tooLong(): PlumblineError {
  return new PlumblineError({
    code: 'PL-SIMULATION-TIMEOUT', kind: 'environment', expected: `a simulation within ${bounds.minutes} minutes`, seen: 'points that were not done',
    next: 'ask for fewer --nodes or --targets, or let the machine do less beside it',
  });
}

/** Whether each target was assigned exactly once at every moment of a point. */
function isRight({ faults, ended }: Point): boolean {
  return faults.length === 0 && ended === undefined;
}

function allocatorBuild(version: string): GoBuild {
  const { build } = allocatorImage(version);
  if (build.unlocked) throw build.unlocked;
  return build as GoBuild;
}

/** Everything of the run is removed however the work ends; what is killed leaves to `down` what carries its id. */
async function inOwnRun<T>({ runId, command }: SimulationOptions, emit: EventSink, signal: AbortSignal, work: (context: RunContext, step: RunStep) => Promise<T>): Promise<T> {
  const step = runSteps(emit);
  const context: RunContext = { id: runId, dir: join(runsDir(), runId), emit, signal };
  await mkdir(context.dir, { recursive: true, mode: 0o700 });
  await writeOwner(context.dir, { command, kept: false });
  try {
    return await work(context, step);
  } finally {
    await step('clean-up', 'remove the run', () => removeRun(runId));
  }
}

async function measureAll(options: SimulationOptions, build: GoBuild, sizes: readonly Size[], context: RunContext, step: RunStep): Promise<readonly Point[]> {
  const binary = await built(build, context, step);
  const api = await built(kube, context, step).then((path) => step('cluster', 'API server without nodes', () => createApiOnly('simulation', path, context)));
  const ground: Ground = { options, context, api, client: await kubeClient(api.kubeconfigPath), binary };
  await step('platform', `${sizes.reduce((sum, { nodes }) => sum + nodes - options.missing, 0)} simulated collectors`, () => makeCollectors(ground, sizes));
  return pointsOf(ground, sizes, step);
}

/** When one fails the others are told to stop and waited for: they hold what is removed next. */
async function pointsOf(ground: Ground, sizes: readonly Size[], step: RunStep): Promise<readonly Point[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([ground.context.signal, stop.signal]);
  const own: Ground = { ...ground, context: { ...ground.context, signal } };
  const queue = new PQueue({ concurrency: lanes });
  return together(stop, sizes.map((size) => queue.add(async () => {
    signal.throwIfAborted();
    return step('simulate', sizeText(size), (one) => measurePoint(own, size, one));
  })));
}

/** From the cache, or compiled. */
function built(build: GoBuild, { id, signal }: RunContext, step: RunStep): Promise<string> {
  return step('images', `${build.name} ${build.version}`, async (one) => (await buildBinary(build, { signal, runId: id, step: one })).path);
}

/** Before anything is measured: pods that come while an allocator assigns would be in its time. */
async function makeCollectors(ground: Ground, sizes: readonly Size[]): Promise<void> {
  for (const size of sizes) {
    const crowd = crowdOf(ground, size);
    await makeNamespace(crowd);
    await addCollectors(crowd, collectorsOf(size, ground.options.missing));
  }
}

function sizeText({ nodes, targets }: Size): string {
  return `${nodes} nodes, ${targets} targets`;
}
