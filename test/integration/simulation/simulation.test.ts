import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBinary } from '../../../src/builds/binary.ts';
import type { GoBuild } from '../../../src/builds/recipe.ts';
import { createApiOnly } from '../../../src/clusters/embedded/api-only.ts';
import { kube } from '../../../src/clusters/embedded/builds.ts';
import { removeRun } from '../../../src/clusters/embedded/remove.ts';
import { kubeClient } from '../../../src/clusters/kubernetes.ts';
import { allocatorImage } from '../../../src/components/allocator/image.ts';
import { moves } from '../../../src/simulation/assignment.ts';
import { addCollectors, makeNamespace } from '../../../src/simulation/collectors.ts';
import { defaults } from '../../../src/simulation/options.ts';
import type { SimulationOptions, Size } from '../../../src/simulation/options.ts';
import { measurePoint } from '../../../src/simulation/point.ts';
import { Stage, collectorsOf, crowdOf } from '../../../src/simulation/stage.ts';
import type { Ground } from '../../../src/simulation/stage.ts';
import { newRun, newRunId, ownStateFolder } from '../clusters/support.ts';

const runId = newRunId();
const quiet = { note: () => undefined, cached: () => undefined };
let state: AsyncDisposable;
let ground: Ground;

beforeAll(async () => {
  state = await ownStateFolder();
  const context = await newRun(runId);
  const built = async (build: GoBuild): Promise<string> => (await buildBinary(build, { runId, signal: context.signal, step: quiet })).path;
  const [kubePath, binary] = [await built(kube), await built(allocatorImage(defaults.allocator).build as GoBuild)];
  const api = await createApiOnly('simulation', kubePath, context);
  ground = { options: optionsWith({}), context, api, binary, client: await kubeClient(api.kubeconfigPath) };
});

afterAll(async () => {
  await removeRun(runId);
  await state[Symbol.asyncDispose]();
});

function optionsWith(more: Partial<SimulationOptions>): SimulationOptions {
  return { runId, nodes: [100], targets: [2000], strategy: 'per-node', allocator: defaults.allocator, missing: 0, command: 'test', ...more };
}

/** The shared API with collectors of its own for these options. */
async function groundFor(size: Size, more: Partial<SimulationOptions>): Promise<Ground> {
  const own = { ...ground, options: optionsWith(more) };
  const crowd = crowdOf(own, size);
  await makeNamespace(crowd);
  await addCollectors(crowd, collectorsOf(size, own.options.missing));
  return own;
}

test.concurrent('consistent hashing: a collector that joins gets its share and more moves than has to', async () => {
  const size = { nodes: 100, targets: 2000 };
  await using stage = new Stage(await groundFor(size, { strategy: 'consistent-hashing' }), size, quiet);
  const first = await stage.start();
  const joined = await stage.collectorJoins();
  expect([first.faults, joined.faults]).toEqual([[], []]);
  expect(joined.assignment.owners).toContain(100);
  expect(moves(first.assignment, joined.assignment)).toBeGreaterThanOrEqual(Math.floor(2000 / 101));
  expect(first.seconds).toBeGreaterThan(0);
});

test.concurrent('per node: a node that leaves takes its targets with it and moves nothing', async () => {
  const size = { nodes: 100, targets: 2001 };
  await using stage = new Stage(await groundFor(size, {}), size, quiet);
  const first = await stage.start();
  const left = await stage.collectorLeaves();
  expect([first.faults, left.faults, moves(first.assignment, left.assignment)]).toEqual([[], [], 0]);
  expect(left.assignment.owners.filter((owner) => owner === -1)).toHaveLength(20);
});

test.concurrent('per node: targets of a node whose collector is missing are found unassigned, by count and by name', async () => {
  const size = { nodes: 100, targets: 2002 };
  await using stage = new Stage(await groundFor(size, { missing: 2 }), size, quiet);
  const { faults } = await stage.start();
  expect(faults).toEqual([{ what: 'unassigned', count: 42, some: ['10.0.0.0:9090 of node-0', '10.0.0.1:9090 of node-1', '10.0.0.100:9090 of node-0'] }]);
});

test.concurrent('consistent hashing: with more collectors than it has partitions the allocator ends, and its own words say so', async () => {
  const size = { nodes: 1062, targets: 2000 };
  const point = await measurePoint(await groundFor(size, { strategy: 'consistent-hashing' }), size, quiet);
  // While it dies of its collectors, its targets may be assigned by the ring that was not made, and that is then the word that it ends with.
  const words = /^exited with code 2: panic: (not enough room to distribute partitions|runtime error: invalid memory address or nil pointer dereference)$/;
  expect(point.ended).toEqual({ when: 'start', how: expect.stringMatching(words) });
});
