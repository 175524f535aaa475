import { mkdir, readFile, readdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import PQueue from 'p-queue';
import { PlumblineError } from '../../errors.ts';
import { until } from '../../run/wait.ts';
import type { CgroupStep } from './cgroups.ts';

/**
 * One change at a time: a run's own group goes with its last cluster, while the run's next cluster may be about to make groups in it.
 * Both are this process'.
 */
const turns = new PQueue({ concurrency: 1 });

/** Carries out changes of cgroups, in order. @throws PlumblineError PL-CGROUP-REFUSED with the kernel's answer */
export async function carryOut(steps: readonly CgroupStep[]): Promise<void> {
  await turns.add(() => inOrder(steps));
}

/** Removes a group that has nothing in it; one that has stays. */
export async function removeEmptyGroup(dir: string): Promise<void> {
  await turns.add(() => rmdir(dir).catch(() => undefined));
}

async function inOrder(steps: readonly CgroupStep[]): Promise<void> {
  for (const step of steps) {
    try {
      if ('make' in step) await mkdir(step.make, { recursive: true });
      else if ('copy' in step) await writeFile(step.to, await readFile(step.copy));
      else await writeFile(step.write, step.value);
    } catch (thrown) {
      if ('write' in step && step.optional) continue;
      throw refused(step, thrown);
    }
  }
}

/**
 * Whether v2's topmost group hands no controllers down because it has processes. The machine's own root is exempt, and
 * has no cgroup.type; what a container sees as the root is an ordinary group.
 */
export async function topGroupOccupied(root: string): Promise<boolean> {
  const [type, procs] = await Promise.all(['cgroup.type', 'cgroup.procs'].map((file) => readFile(join(root, file), 'utf8').catch(() => '')));
  return type !== '' && procs !== '';
}

/** Pids of all processes in a group's folder and below it. */
export async function pidsBelow(dir: string): Promise<readonly number[]> {
  const groups = await groupsBelow(dir);
  const files = await Promise.all(groups.map((group) => readFile(join(group, 'cgroup.procs'), 'utf8').catch(() => '')));
  return files.flatMap((text) => text.split('\n').filter(Boolean).map(Number));
}

/**
 * Removes a group and everything below it. The kernel refuses while a killed process is still being taken apart.
 *
 * @throws PlumblineError PL-WAIT-TIMEOUT when it is still refused after `timeoutMs` milliseconds
 */
export async function removeGroup(dir: string, timeoutMs = 15_000): Promise<void> {
  await until(`cgroup ${dir} removed`, async () => {
    for (const group of (await groupsBelow(dir)).toReversed()) await rmdir(group).catch(ignoreGone);
    return true;
  }, { timeoutMs, intervalMs: 50 });
}

/** The folder itself first, then its subfolders depth first; none where there is no such group. */
async function groupsBelow(dir: string): Promise<readonly string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => undefined);
  if (!entries) return [];
  const below = await Promise.all(entries.filter((one) => one.isDirectory()).map((one) => groupsBelow(join(dir, one.name))));
  return [dir, ...below.flat()];
}

function ignoreGone(thrown: unknown): void {
  if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
}

function refused(step: CgroupStep, cause: unknown): PlumblineError {
  const what = 'make' in step ? `make ${step.make}` : 'copy' in step ? `write ${step.to}` : `write ${step.value} to ${step.write}`;
  return new PlumblineError({
    code: 'PL-CGROUP-REFUSED',
    kind: 'environment',
    expected: `the kernel to ${what}`,
    seen: cause instanceof Error ? cause.message : String(cause),
    next: 'Nodes need cgroups of their own: run on a machine, or in a container with `--privileged --cgroupns=host`.',
    cause,
  });
}
