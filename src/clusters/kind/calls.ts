import { readFile } from 'node:fs/promises';
import { findByEnvironment } from '../../processes/proc.ts';
import type { ProcessIdentity } from '../../processes/proc.ts';
import { signalProcess } from '../../processes/stop.ts';
import { until } from '../../run/wait.ts';
import { kindVariable } from './names.ts';

/** Milliseconds; an engine that is not stuck makes a container in a fraction of it. */
const makingMs = 10_000;

/**
 * Ends kind, and the engine's programs that it has started for these clusters, and answers what it ended. One that is making a
 * container is let finish: the engine would go on without it, and make a container after whoever removes them has looked.
 */
export async function endCalls(isMeant: (cluster: string) => boolean): Promise<readonly string[]> {
  const ended = new Set<string>();
  const patience = Date.now() + makingMs;
  await until('no process of kind left', async ({ saw }) => {
    const left = (await findByEnvironment(kindVariable)).filter((one) => isMeant(one.value));
    if (left.length === 0) return true;
    for (const one of left) {
      ended.add(`process ${one.pid}`);
      if (Date.now() > patience || !(await makesContainer(one))) await signalProcess(one, 'SIGKILL');
    }
    saw(`pid ${left.map((one) => one.pid).join(', ')} still there`);
    return undefined;
  }, { timeoutMs: 30_000, intervalMs: 50 });
  return [...ended];
}

/** `docker run …`, as every engine has it. */
async function makesContainer({ pid }: ProcessIdentity): Promise<boolean> {
  const [, verb] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  return verb === 'run';
}
