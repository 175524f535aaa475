import { readFile, readdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { command } from '../../processes/command.ts';
import { endAll } from '../../processes/end.ts';
import { environmentValue, findByEnvironment, identityOf, runVariable } from '../../processes/proc.ts';
import type { ProcessIdentity } from '../../processes/proc.ts';
import { isOwnerAlive } from '../../run/owner.ts';
import { allSocketsDir, runsDir, socketsDir } from '../../run/paths.ts';
import { pidsBelow, removeEmptyGroup, removeGroup } from './cgroup-files.ts';
import { cgroupLayout, groupDirs } from './cgroups.ts';
import { bridgeOf, removeRule, rulesOfBridges } from './firewall.ts';
import { restoreInotify } from './inotify.ts';
import { clusterNames, clusterVariable, ownerOfLink, runOfCgroup } from './names.ts';
import { ipBatch, linkNames } from './network.ts';

/** A whole run, or one cluster of it. */
export interface Scope {
  readonly runId: string;
  readonly index?: string;
}

/** Removes one cluster of a living run. @throws PlumblineError when something of it can't be removed in time */
export async function removeCluster(scope: Required<Scope>, dir: string): Promise<readonly string[]> {
  return removeScope(scope, [clusterNames(scope.runId, scope.index).sockets, dir]);
}

/** Removes everything of a run, in whatever state it is. @throws PlumblineError when something can't be removed in time */
export async function removeRun(runId: string): Promise<readonly string[]> {
  const removed = await removeScope({ runId }, [socketsDir(runId), join(runsDir(), runId)]);
  return [...removed, ...(await anyRunLives() ? [] : await restoreInotify())];
}

/** One that has only just begun has nothing but its folder. */
async function anyRunLives(): Promise<boolean> {
  if ((await findRuns()).length > 0) return true;
  const folders = (await entries(allSocketsDir())).filter(isRunId);
  return (await Promise.all(folders.map((id) => isOwnerAlive(join(runsDir(), id))))).some(Boolean);
}

/** Ids of runs of which there is anything but a folder, which is of every provider's runs: links, cgroups, firewall rules or processes. */
export async function findRuns(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const [links, groups, rules, processes] = await Promise.all([
    linkNames().catch(() => []), topGroups(), rulesOfBridges(() => true), findByEnvironment(runVariable),
  ]);
  const ids = [
    ...links.map((name) => ownerOfLink(name)?.runId),
    ...groups.map(runOfCgroup),
    ...rules.map((rule) => ownerOfLink(bridgeOf(rule) ?? '')?.runId),
    ...processes.map((one) => one.value),
  ];
  return [...new Set(ids.filter((id) => id !== undefined && isRunId(id)))] as string[];
}

function isRunId(name: string): boolean {
  return /^[a-z0-9]{6}$/.test(name);
}

/** Whether there is anything of a run that only root can remove: links or cgroups. */
export async function hasNodes(runId: string): Promise<boolean> {
  const [links, groups] = await Promise.all([linkNames().catch(() => []), topGroups()]);
  return links.some((name) => ownerOfLink(name)?.runId === runId) || groups.some((name) => runOfCgroup(name) === runId);
}

/**
 * The order matters: what runs holds what is mounted, and that holds folders and groups. The bridge is what keeps a cluster's index, by
 * which all the rest is named, from the run's next cluster: it goes last.
 */
async function removeScope(scope: Scope, dirs: readonly string[]): Promise<readonly string[]> {
  const removed = [
    ...(await endAll(scope.runId, () => processesOf(scope))),
    ...(await removeMounts(dirs)),
    ...(await removeRules(scope)),
    ...(await removeGroups(scope)),
  ];
  for (const dir of dirs) {
    const existed = (await entries(dir, true)) !== undefined;
    await rm(dir, { recursive: true, force: true });
    if (existed) removed.push(`folder ${dir}`);
  }
  removed.push(...(await removeLinks(scope)));
  // The folders above the sockets are shared: each goes with the last that is in it.
  await rmdir(socketsDir(scope.runId)).catch(() => undefined);
  await rmdir(allSocketsDir()).catch(() => undefined);
  return removed;
}

async function processesOf(scope: Scope): Promise<readonly ProcessIdentity[]> {
  const marked = await findByEnvironment(runVariable, scope.runId);
  const mine = await Promise.all(marked.map(async (one) => scope.index === undefined || (await environmentValue(one.pid, clusterVariable)) === scope.index));
  const grouped = (await Promise.all((await scopeGroups(scope)).map(pidsBelow))).flat();
  const identities = await Promise.all([...new Set(grouped)].map(identityOf));
  return [...marked.filter((_, index) => mine[index]), ...identities.filter((one) => one !== undefined)];
}

/** Unmounts what is mounted at or below these folders. */
export async function removeMounts(dirs: readonly string[]): Promise<readonly string[]> {
  const mountinfo = await readFile('/proc/self/mountinfo', 'utf8');
  const points = mountinfo.split('\n').map((line) => line.split(' ')[4] ?? '').filter((point) => dirs.some((dir) => point === dir || point.startsWith(`${dir}/`)));
  for (const point of points.toSorted((a, b) => b.length - a.length)) await command('umount', ['--lazy', point]);
  return points.map((point) => `mount ${point}`);
}

async function removeLinks(scope: Scope): Promise<readonly string[]> {
  const links = (await linkNames()).filter((name) => isOfScope(name, scope));
  // One of a pair takes the other with it, and a link may be going already with its network namespace.
  for (const link of links) await ipBatch(scope.runId, [`link delete ${link}`]).catch(async (thrown: unknown) => {
    if ((await linkNames()).includes(link)) throw thrown;
  });
  return links.map((link) => `link ${link}`);
}

async function removeRules(scope: Scope): Promise<readonly string[]> {
  const rules = await rulesOfBridges((link) => isOfScope(link, scope));
  for (const rule of rules) await removeRule(rule);
  return rules.map((rule) => `firewall rule ${rule}`);
}

async function removeGroups(scope: Scope): Promise<readonly string[]> {
  const dirs = await scopeGroups(scope);
  const existing = (await Promise.all(dirs.map(async (dir) => ((await entries(dir, true)) === undefined ? [] : [dir])))).flat();
  await Promise.all(existing.map((dir) => removeGroup(dir)));
  // The run's own group goes with its last cluster.
  if (scope.index !== undefined) await Promise.all(existing.map((dir) => removeEmptyGroup(dirname(dir))));
  return existing.map((dir) => `cgroup ${dir}`);
}

async function scopeGroups({ runId, index }: Scope): Promise<readonly string[]> {
  return groupDirs(await cgroupLayout(), index === undefined ? `plumbline-${runId}` : clusterNames(runId, index).cgroup);
}

async function topGroups(): Promise<readonly string[]> {
  return (await Promise.all(groupDirs(await cgroupLayout(), '.').map((dir) => entries(dir)))).flat();
}

function isOfScope(link: string, scope: Scope): boolean {
  const owner = ownerOfLink(link);
  return owner?.runId === scope.runId && (scope.index === undefined || owner.index === scope.index);
}

async function entries(dir: string): Promise<readonly string[]>;
async function entries(dir: string, orMissing: true): Promise<readonly string[] | undefined>;
async function entries(dir: string, orMissing?: true): Promise<readonly string[] | undefined> {
  return readdir(dir).catch(() => (orMissing ? undefined : []));
}
