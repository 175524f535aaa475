/** For checks that judge what they saw, whether or not it became what it should: a finding, not a timeout. */
import { PlumblineError } from '../src/errors.ts';
import { until } from '../src/run/wait.ts';

export interface Settling {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  /** Shown while it lasts. */
  note(text: string): void;
}

export interface Settled<T> {
  readonly complete: boolean;
  /** The last look. */
  readonly seen: T;
}

/**
 * Looks again and again until `missing` has nothing to say of what was seen, or time is up; answers the last look
 * either way. `missing` says in words what is not there yet. Where no look was through in time, one more is waited for.
 * @throws PlumblineError PL-WAIT-TIMEOUT where that one fails as well: then nothing was seen, which is no finding
 */
export async function settle<T>(what: string, look: (signal: AbortSignal) => Promise<T>, missing: (seen: T) => string | undefined, options: Settling): Promise<Settled<T>> {
  let last: { seen: T } | undefined;
  try {
    const seen = await until(what, async ({ saw, signal }) => {
      last = { seen: await look(signal) };
      const lacks = missing(last.seen);
      if (lacks === undefined) return last;
      saw(lacks);
      return undefined;
    }, { timeoutMs: options.timeoutMs, intervalMs: 500, signal: options.signal, step: options });
    return { complete: true, seen: seen.seen };
  } catch (error) {
    const timedOut = error instanceof PlumblineError && error.problem.code === 'PL-WAIT-TIMEOUT';
    if (!timedOut) throw error;
    const seen = last ? last.seen : await look(options.signal).catch(() => { throw error; });
    return { complete: missing(seen) === undefined, seen };
  }
}
