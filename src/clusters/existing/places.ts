import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { stringify } from 'yaml';
import { runsDir } from '../../run/paths.ts';
import { clientOfContext, kubeClient } from '../kube-api.ts';
import { currentContext, readKubeconfig } from '../kubeconfig.ts';
import type { Context } from './contexts.ts';
import type { Place } from './remove.ts';

/**
 * Where a run is a guest: a kubeconfig for each context in the run's folder. It is written before anything is made in that cluster,
 * so that whoever cleans up knows where to look, however the run ended.
 */
function placesDir(runDir: string): string {
  return join(runDir, 'existing');
}

const ending = '.yaml';

/** Writes a run's own copy of a context, mode 0600. @returns its path */
export async function rememberPlace(runDir: string, runId: string, context: Context): Promise<string> {
  await mkdir(placesDir(runDir), { recursive: true, mode: 0o700 });
  // Names of contexts have slashes and colons in them.
  const path = join(placesDir(runDir), `${encodeURIComponent(context.name)}${ending}`);
  await writeFile(path, stringify(context.forRun(runId)), { mode: 0o600 });
  return path;
}

/** A cluster by the kubeconfig that a run remembers of it. */
export function placeAt(path: string): Place {
  return { name: decodeURIComponent(basename(path, ending)), client: () => kubeClient(path) };
}

/** A cluster by a context of the user's. */
export function placeOf({ name, named }: Context, runId: string): Place {
  return { name, client: () => clientOfContext(named, runId) };
}

/**
 * Clusters that a run is, or was, a guest of. With contexts that the user names: by those where they are the same cluster's, since
 * what a run was given may have expired; and just those where the run remembers none.
 */
export async function placesOfRun(runId: string, named: readonly Context[]): Promise<readonly Place[]> {
  const remembered = await rememberedPlaces(runId);
  if (remembered.length === 0) return named.map((context) => placeOf(context, runId));
  return Promise.all(remembered.map(async (path) => {
    const { server } = currentContext(path, await readKubeconfig(path)).cluster;
    const fresh = named.find((context) => context.named.cluster.server === server);
    return fresh ? placeOf(fresh, runId) : placeAt(path);
  }));
}

/** Paths of the kubeconfigs that a run of this machine remembers. */
export async function rememberedPlaces(runId: string): Promise<readonly string[]> {
  const dir = placesDir(join(runsDir(), runId));
  return (await readdir(dir).catch(() => [])).filter((name) => name.endsWith(ending)).toSorted().map((name) => join(dir, name));
}

export async function forgetPlaces(runId: string): Promise<void> {
  await rm(placesDir(join(runsDir(), runId)), { recursive: true, force: true });
}

/** Runs of this machine that are, or were, guests somewhere. */
export async function guestRuns(): Promise<readonly string[]> {
  const runs = await readdir(runsDir()).catch(() => []);
  const places = await Promise.all(runs.map(rememberedPlaces));
  return runs.filter((_, index) => (places[index] ?? []).length > 0);
}
