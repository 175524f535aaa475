import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { identityOf, isAlive } from '../processes/proc.ts';
import { socketsDir } from './paths.ts';

const ownerFile = z.strictObject({
  pid: z.int().positive(),
  /** With the pid, tells the process from a later one: clock ticks from boot to its start. */
  startTimeTicks: z.int().nonnegative(),
  command: z.string(),
  /** The run was asked to stay after its process has ended: `up`, `--keep`. */
  kept: z.boolean(),
});

/** Who made a run, in owner.json of the run's folder. */
export type Owner = z.infer<typeof ownerFile>;

/**
 * Writes this process down as the run's owner; written again with `kept` once the run is to stay. It is written twice:
 * another user, or a process with another state folder, sees the run's links and cgroups but not its folder, and must
 * not take it for a dead one.
 */
export async function writeOwner(runDir: string, owner: { readonly command: string; readonly kept: boolean }): Promise<void> {
  const identity = await identityOf(process.pid);
  const file: Owner = { pid: process.pid, startTimeTicks: identity?.startTimeTicks ?? 0, ...owner };
  for (const dir of foldersOf(runDir)) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    // By rename, so that a reader never sees half a file.
    await writeFile(join(dir, 'owner.json.new'), JSON.stringify(file), { mode: 0o600 });
    await rename(join(dir, 'owner.json.new'), join(dir, 'owner.json'));
  }
}

/** Undefined where there is no such file, or none that can be read: a run that died early. */
export async function readOwner(runDir: string): Promise<Owner | undefined> {
  for (const dir of foldersOf(runDir)) {
    const owner = await readOwnerFile(join(dir, 'owner.json'));
    if (owner) return owner;
  }
  return undefined;
}

/** Whether the process that made the run still runs. A kept run whose process has ended has no living owner. */
export async function isOwnerAlive(runDir: string): Promise<boolean> {
  const owner = await readOwner(runDir);
  return owner !== undefined && isAlive(owner);
}

/** The run's own folder, and the one for its sockets, which is the same for every user of this machine. */
function foldersOf(runDir: string): readonly string[] {
  return [runDir, socketsDir(basename(runDir))];
}

async function readOwnerFile(path: string): Promise<Owner | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return ownerFile.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
