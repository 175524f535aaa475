import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { runsDir } from '../../run/paths.ts';
import type { Context } from './contexts.ts';

/**
 * Where a run is a guest: a kubeconfig for each context in the run's folder. It is written before anything is made in that cluster,
 * so that whoever cleans up knows where to look, however the run ended.
 */
function placesDir(runDir: string): string {
  return join(runDir, 'existing');
}

/** Writes a run's own copy of a context, mode 0600. @returns its path */
export async function rememberPlace(runDir: string, runId: string, context: Context): Promise<string> {
  await mkdir(placesDir(runDir), { recursive: true, mode: 0o700 });
  // Names of contexts have slashes and colons in them.
  const path = join(placesDir(runDir), `${encodeURIComponent(context.name)}.yaml`);
  await writeFile(path, stringify(context.forRun(runId)), { mode: 0o600 });
  return path;
}

/** Kubeconfigs of the clusters that a run is, or was, a guest of. */
export async function placesOfRun(runId: string): Promise<readonly string[]> {
  const dir = placesDir(join(runsDir(), runId));
  return (await readdir(dir).catch(() => [])).toSorted().map((name) => join(dir, name));
}

export async function forgetPlaces(runId: string): Promise<void> {
  await rm(placesDir(join(runsDir(), runId)), { recursive: true, force: true });
}

/** Runs of this machine that are, or were, guests somewhere. */
export async function guestRuns(): Promise<readonly string[]> {
  const runs = await readdir(runsDir()).catch(() => []);
  const places = await Promise.all(runs.map(placesOfRun));
  return runs.filter((_, index) => (places[index] ?? []).length > 0);
}
