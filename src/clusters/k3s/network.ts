import { runLabel } from '../../run/run-label.ts';
import type { Engine } from './engine.ts';
import { labelFilter, networkName } from './names.ts';

const made = new Map<string, Promise<void>>();

/** Makes the network that the clusters of a run share; once, though they are made at the same time. */
export function ensureNetwork(engine: Engine, runId: string): Promise<void> {
  const known = made.get(runId) ?? makeNetwork(engine, runId).catch((thrown: unknown) => {
    made.delete(runId);
    throw thrown;
  });
  made.set(runId, known);
  return known;
}

async function makeNetwork({ container: { dockerode } }: Engine, runId: string): Promise<void> {
  const there = await dockerode.listNetworks({ filters: labelFilter(runId) });
  if (there.length === 0) await dockerode.createNetwork({ Name: networkName(runId), Driver: 'bridge', Labels: { [runLabel]: runId } });
}

/** @returns names of the networks removed */
export async function removeNetworks({ container: { dockerode } }: Engine, runId: string): Promise<readonly string[]> {
  made.delete(runId);
  const networks = await dockerode.listNetworks({ filters: labelFilter(runId) });
  for (const { Id } of networks) await dockerode.getNetwork(Id).remove();
  return networks.map(({ Name }) => Name);
}
