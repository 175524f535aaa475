import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { lock } from 'proper-lockfile';
import { until } from '../run/wait.ts';
import type { Step } from '../run/context.ts';

export interface ExclusiveOptions {
  readonly signal: AbortSignal;
  readonly step: Pick<Step, 'note'>;
  /** What the holder is doing, as it reads in "waiting: …". */
  readonly waitingFor: string;
}

/** A build takes minutes; the other run's may have started just before, with others in front of it. */
const waitMs = 45 * 60_000;
/** A holder that was killed is taken for gone after this long without a sign of life. */
const staleMs = 10_000;

/**
 * Runs `work` while holding the lock of `path` (a folder `<path>.lock`), waiting for another process that holds it.
 *
 * @throws PlumblineError PL-WAIT-TIMEOUT after 45 minutes; the signal's reason when that aborts
 */
export async function exclusively<T>(path: string, options: ExclusiveOptions, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  const release = await until(options.waitingFor, async (look) => {
    const taken = await take(path);
    if (!taken) look.saw('another run is at it');
    return taken;
  }, { timeoutMs: waitMs, signal: options.signal, step: options.step, next: `If no other run is under way, remove ${path}.lock.` });
  try {
    return await work();
  } finally {
    await release().catch(() => undefined);
  }
}

/** Undefined where another process holds it. */
async function take(path: string): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(path, {
      realpath: false,
      stale: staleMs,
      update: staleMs / 4,
      // Losing it (a machine suspended for a while) costs at most a build done twice: results are renamed into place.
      onCompromised: () => undefined,
    });
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ELOCKED') return undefined;
    throw thrown;
  }
}
