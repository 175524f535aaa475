import { until } from '../run/wait.ts';
import { isAlive } from './proc.ts';
import type { ProcessIdentity } from './proc.ts';

/** Sends a signal to just this process; false when it has ended already, or its pid belongs to another by now. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(identity))) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw thrown;
  }
}

/**
 * Kills processes and waits until the kernel has let go of all of them.
 *
 * @throws PlumblineError PL-WAIT-TIMEOUT when one is still there after the deadline (milliseconds)
 */
export async function killGroup(processes: readonly ProcessIdentity[], timeoutMs = 20_000): Promise<void> {
  await Promise.all(processes.map((one) => signalProcess(one, 'SIGKILL')));
  await gone(processes, timeoutMs);
}

/** SIGTERM, then SIGKILL after `graceMs` milliseconds; resolves when the process has ended. */
export async function stop(identity: ProcessIdentity, graceMs: number): Promise<void> {
  if (!(await signalProcess(identity, 'SIGTERM'))) return;
  await gone([identity], graceMs).catch(() => killGroup([identity]));
}

async function gone(processes: readonly ProcessIdentity[], timeoutMs: number): Promise<void> {
  await until('killed processes gone', async ({ saw }) => {
    const alive = await Promise.all(processes.map(isAlive));
    const left = processes.filter((_, index) => alive[index]).map((one) => one.pid);
    if (left.length === 0) return true;
    saw(`pid ${left.join(', ')} still there`);
    return undefined;
  }, { timeoutMs, intervalMs: 25 });
}
