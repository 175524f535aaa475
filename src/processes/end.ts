import { until } from '../run/wait.ts';
import { findByEnvironment, runVariable } from './proc.ts';
import type { ProcessIdentity } from './proc.ts';
import { signalProcess } from './stop.ts';

/**
 * Kills what still runs of a run whose own process has ended, such as its suites: what is removed next, nobody must make again.
 * @returns what was killed
 */
export async function endProcesses(runId: string): Promise<readonly string[]> {
  // Elsewhere no process of a run outlives it.
  if (process.platform !== 'linux') return [];
  return endAll(runId, () => findByEnvironment(runVariable, runId));
}

/** Kills processes of a run again until none is found. @returns what was killed */
export async function endAll(runId: string, find: () => Promise<readonly ProcessIdentity[]>): Promise<readonly string[]> {
  const ended = new Set<string>();
  await until(`no process of run ${runId} left`, async ({ saw }) => {
    const left = await find();
    if (left.length === 0) return true;
    for (const one of left) ended.add(`process ${one.pid}`);
    await Promise.all(left.map((one) => signalProcess(one, 'SIGKILL')));
    saw(`pid ${left.map((one) => one.pid).join(', ')} still there`);
    return undefined;
  }, { timeoutMs: 30_000, intervalMs: 50 });
  return [...ended];
}
