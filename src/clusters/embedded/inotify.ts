import { mkdir, readFile, readdir, readlink, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumblineError } from '../../errors.ts';
import { allSocketsDir, socketsDir } from '../../run/paths.ts';

/** Counted on a node with one pod: containerd, kubelet and kube-proxy watch files through this many instances. */
const instancesPerNode = 8;
/** For whatever else the user runs. */
const spare = 8;

/** Of the kernel: inotify instances that all processes of one user may have, inotify(7). */
const limitFile = '/proc/sys/fs/inotify/max_user_instances';

/** Nodes that fit a limit beside `inUse` instances that there are already. */
export function nodesWithin(limit: number, inUse = 0): number {
  return Math.max(0, Math.floor((limit - spare - inUse) / instancesPerNode));
}

/**
 * Sees to it that so many more nodes can watch files. Where the limit is too low it is raised, and what it was before is noted beside
 * the runs' sockets, which a restart of the machine forgets as it forgets the limit.
 * @throws PlumblineError PL-INOTIFY-LIMIT when nodes would start and then watch nothing
 */
export async function ensureInotify(nodeCount: number, runId: string): Promise<void> {
  const [limit, inUse] = [Number(await readFile(limitFile, 'utf8')), await instancesInUse()];
  if (nodeCount <= nodesWithin(limit, inUse)) return;
  const needed = inUse + nodeCount * instancesPerNode + spare;
  // While a run has this folder the limit is not put back.
  await mkdir(socketsDir(runId), { recursive: true, mode: 0o700 });
  // The first one to raise it knows what it was.
  await writeFile(noteFile(), String(limit), { flag: 'wx' }).catch(() => undefined);
  await writeFile(limitFile, String(2 * needed)).catch((cause: unknown) => { throw refused(nodeCount, needed, limit, cause); });
}

/** Puts the limit back, where a run raised it: for who knows that none is left. @returns what was done */
export async function restoreInotify(): Promise<readonly string[]> {
  const before = await readFile(noteFile(), 'utf8').catch(() => undefined);
  if (before === undefined) return [];
  await writeFile(limitFile, before);
  await rm(noteFile(), { force: true });
  await rmdir(allSocketsDir()).catch(() => undefined);
  return [`fs.inotify.max_user_instances back at ${before}`];
}

function noteFile(): string {
  return join(allSocketsDir(), 'inotify-before');
}

/** Of this user's processes, as far as they can be looked into. */
async function instancesInUse(): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const counts = await Promise.all(pids.map(async (pid) => {
    const fds = await readdir(`/proc/${pid}/fd`).catch((): string[] => []);
    const links = await Promise.all(fds.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')));
    return links.filter((link) => link.startsWith('anon_inode:inotify')).length;
  }));
  return counts.reduce((sum, one) => sum + one, 0);
}

function refused(nodeCount: number, needed: number, limit: number, cause: unknown): PlumblineError {
  return new PlumblineError({
    code: 'PL-INOTIFY-LIMIT', kind: 'environment', expected: `fs.inotify.max_user_instances of ${needed} or more for ${nodeCount} more nodes, or to raise it`,
    seen: `${limit}`, next: `sysctl fs.inotify.max_user_instances=${2 * needed}`, cause,
  });
}
