import { readFile, readdir } from 'node:fs/promises';

/** A process as the kernel knows it: the start time tells it from a later process with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to the process's start: field 22 of /proc/PID/stat, proc(5). */
  readonly startTimeTicks: number;
}

/** Every process that Plumbline starts carries this variable with the id of its run. */
export const runVariable = 'PLUMBLINE_RUN';

interface Stat {
  /** One letter of proc(5); Z is a zombie, which has ended and only waits for its parent. */
  readonly state: string;
  readonly startTimeTicks: number;
}

/** Undefined when there is no such process, or only its zombie. */
export async function identityOf(pid: number): Promise<ProcessIdentity | undefined> {
  const stat = await statOf(pid);
  return stat && stat.state !== 'Z' && stat.state !== 'X' ? { pid, startTimeTicks: stat.startTimeTicks } : undefined;
}

/** Whether this very process still runs; a later one with its pid doesn't count. */
export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identityOf(identity.pid))?.startTimeTicks === identity.startTimeTicks;
}

/** Pids of all processes, in this PID namespace and below it; none on a system without /proc. */
export async function allPids(): Promise<readonly number[]> {
  return (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A variable of the environment that a process was started with; undefined where it has none or is not ours to read. */
export async function environmentValue(pid: number, name: string): Promise<string | undefined> {
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
  const entry = environment.split('\0').find((one) => one.startsWith(`${name}=`));
  return entry?.slice(name.length + 1);
}

/**
 * Processes that were started with `name=value`, or with `name` set at all when no value is given. The caller and
 * the processes above it are left out: whoever cleans up must not end itself.
 */
export async function findByEnvironment(name: string, value?: string): Promise<readonly (ProcessIdentity & { readonly value: string })[]> {
  const own = await ancestry(process.pid);
  const found = await Promise.all((await allPids()).filter((pid) => !own.has(pid)).map(async (pid) => {
    const seen = await environmentValue(pid, name);
    if (seen === undefined || (value !== undefined && seen !== value)) return [];
    const identity = await identityOf(pid);
    return identity ? [{ ...identity, value: seen }] : [];
  }));
  return found.flat();
}

/** Pids of the direct children. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return children.split(' ').filter(Boolean).map(Number);
}

async function ancestry(pid: number): Promise<ReadonlySet<number>> {
  const pids = new Set<number>();
  for (let current = pid; current > 1 && !pids.has(current); ) {
    pids.add(current);
    const status = await readFile(`/proc/${current}/status`, 'utf8').catch(() => '');
    current = Number(/^PPid:\s*(\d+)/m.exec(status)?.[1] ?? 0);
  }
  return pids;
}

async function statOf(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The command in parentheses may hold spaces and parentheses; the fields after the last one are plain.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields?.[0], fields?.[19]];
  return state !== undefined && startTime !== undefined ? { state, startTimeTicks: Number(startTime) } : undefined;
}
