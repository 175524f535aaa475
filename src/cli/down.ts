import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removeOrphans } from '../builds/folders.ts';
import { nearest } from '../run/nearest.ts';
import type { ClusterProvider } from '../clusters/provider.ts';
import { PlumblineError, exitCodes, lastCause } from '../errors.ts';
import { endProcesses } from '../processes/end.ts';
import { styleOf } from '../reports/style.ts';
import { removeRunFolders } from '../run/folders.ts';
import { isOwnerAlive } from '../run/owner.ts';
import { runsDir } from '../run/paths.ts';
import { clusterProviders } from './providers.ts';
import { clusterSettings } from './run-options.ts';
import type { RunFlags } from './run-options.ts';

/** What `down` came to do with one run. */
export type Removal =
  | { readonly runId: string; readonly outcome: 'removed'; readonly things: readonly string[] }
  | { readonly runId: string; readonly outcome: 'spared' }
  | { readonly runId: string; readonly outcome: 'failed'; readonly cause: string };

/** `plumbline down`: exit 0 when nothing is left of what was to go, else 3. */
export async function down(named: readonly string[], flags: RunFlags & { readonly color?: boolean }, load = clusterProviders): Promise<number> {
  const removals = await removeRuns(named, await load(clusterSettings(flags)));
  // Killed builds leave their scratch folders in the cache.
  await removeOrphans();
  const { colors } = styleOf(process.stdout, flags.color ?? true);
  for (const removal of removals) process.stdout.write(`${removalText(removal, colors.red)}\n`);
  if (removals.length === 0) process.stdout.write('Nothing to remove.\n');
  return removals.some((removal) => removal.outcome === 'failed') ? exitCodes.environment : exitCodes.kept;
}

/**
 * Removes the named runs, else every run whose owner has ended: kept ones, and what a killed one left, but none that somebody
 * elsewhere may work with. One run that cannot be removed does not keep the others.
 *
 * @throws PlumblineError PL-RUN-UNKNOWN, before anything is removed
 */
export async function removeRuns(named: readonly string[], providers: readonly ClusterProvider[]): Promise<readonly Removal[]> {
  const holders = await findRuns(providers);
  const found = [...holders.keys()];
  const unknown = named.find((runId) => !found.includes(runId));
  if (unknown !== undefined) throw unknownRun(unknown, found);
  const removals: Removal[] = [];
  for (const runId of named.length > 0 ? new Set(named) : found) {
    const spared = named.length === 0 && ((await isOwnerAlive(join(runsDir(), runId))) || providers.some((one) => one.isElsewhere?.(runId)));
    removals.push(spared ? { runId, outcome: 'spared' } : await removeRun(runId, holders.get(runId) ?? []));
  }
  return removals;
}

/** Runs with the providers that find something of them; with none where a run left only a folder. */
async function findRuns(providers: readonly ClusterProvider[]): Promise<ReadonlyMap<string, readonly ClusterProvider[]>> {
  const folders = await readdir(runsDir()).catch(() => []);
  const found = await Promise.all(providers.map(async (provider) => ({ provider, runIds: await provider.findRuns() })));
  const ids = [...new Set([...found.flatMap(({ runIds }) => runIds), ...folders])].filter((name) => /^[a-z0-9]{6}$/.test(name)).toSorted();
  return new Map(ids.map((id) => [id, found.filter(({ runIds }) => runIds.includes(id)).map(({ provider }) => provider)]));
}

async function removeRun(runId: string, providers: readonly ClusterProvider[]): Promise<Removal> {
  try {
    const things: string[] = [...await endProcesses(runId)];
    for (const provider of providers) things.push(...(await provider.remove(runId)));
    // Only after the providers, which take their mounts out of them.
    things.push(...(await removeRunFolders(runId)));
    return { runId, outcome: 'removed', things };
  } catch (thrown) {
    return { runId, outcome: 'failed', cause: thrown instanceof PlumblineError ? thrown.message : lastCause(thrown) };
  }
}

/** Lines are for reading: beyond this the rest is a count. */
const shownThings = 8;

function removalText(removal: Removal, alarm: (text: string) => string): string {
  const { runId } = removal;
  if (removal.outcome === 'spared') return `${runId}  still works, or may; \`plumbline down ${runId}\` ends it`;
  if (removal.outcome === 'failed') return `${runId}  ${alarm('could not be removed')}: ${removal.cause}`;
  const more = removal.things.length - shownThings;
  const things = [...removal.things.slice(0, shownThings), ...(more > 0 ? [`and ${more} more`] : [])];
  return `${runId}  removed${things.length === 0 ? '' : `: ${things.join(', ')}`}`;
}

function unknownRun(runId: string, found: readonly string[]): PlumblineError {
  const meant = nearest(runId, found);
  return new PlumblineError({
    code: 'PL-RUN-UNKNOWN',
    kind: 'usage',
    expected: found.length === 0 ? 'no name, for nothing is left of any run' : `one of ${found.join(', ')}`,
    seen: runId,
    next: meant === undefined ? 'plumbline down' : `plumbline down ${meant}`,
  });
}
