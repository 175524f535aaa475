import { rm } from 'node:fs/promises';
import type { ContainerInfo } from 'dockerode';
import { removeRunFolders } from '../../run/folders.ts';
import { runLabel } from '../../run/run-label.ts';
import { until } from '../../run/wait.ts';
import { findEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { labelFilter, nameOf } from './names.ts';
import { removeNetworks } from './network.ts';

/** Milliseconds; a container with a full node in it was seen to take two seconds. */
const goneTimeoutMs = 60_000;

/** Removes one cluster of a living run. @throws PlumblineError PL-WAIT-TIMEOUT when a container stays */
export async function removeCluster(engine: Engine, runId: string, cluster: string, dir: string): Promise<readonly string[]> {
  const removed = await removeContainers(engine, labelFilter(runId, cluster));
  await rm(dir, { recursive: true, force: true });
  return removed;
}

/** Removes everything of a run from the engine; an engine that is not there has nothing of it. */
export async function removeRun(runId: string): Promise<readonly string[]> {
  const engine = await findEngine();
  if (typeof engine === 'string') return removeRunFolders(runId);
  const removed = await removeContainers(engine, labelFilter(runId));
  const networks = (await removeNetworks(engine, runId)).map((name) => `network ${name}`);
  return [...removed, ...networks, ...(await removeRunFolders(runId))];
}

/** Ids of runs of which the engine has anything. */
export async function findRuns(): Promise<readonly string[]> {
  const engine = await findEngine();
  if (typeof engine === 'string') return [];
  const { dockerode } = engine.container;
  const [containers, networks] = await Promise.all([dockerode.listContainers({ all: true, filters: labelFilter() }), dockerode.listNetworks({ filters: labelFilter() })]);
  return [...new Set([...containers, ...networks].flatMap(({ Labels }) => Labels?.[runLabel] ?? []))];
}

/** Removed again until none is listed: one that was just being made comes after the first look. */
async function removeContainers(engine: Engine, filters: ReturnType<typeof labelFilter>): Promise<readonly string[]> {
  const { dockerode } = engine.container;
  const removed = new Set<string>();
  await until('no container of the run left', async ({ saw }) => {
    const left = await dockerode.listContainers({ all: true, filters });
    if (left.length === 0) return true;
    for (const one of left) removed.add(`container ${nameOf(one)}`);
    saw(left.map(nameOf).join(', '));
    await Promise.all(left.map((one) => removeOne(engine, one)));
    return undefined;
  }, { timeoutMs: goneTimeoutMs, intervalMs: 50 });
  return [...removed];
}

async function removeOne(engine: Engine, { Id }: ContainerInfo): Promise<void> {
  await engine.container.getById(Id).remove({ force: true, v: true }).catch((thrown: unknown) => {
    // Gone meanwhile, or being removed already.
    if (![404, 409].includes((thrown as { statusCode?: number }).statusCode ?? 0)) throw thrown;
  });
}
