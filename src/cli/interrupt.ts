import type { TextOutput } from '../reports/plain.ts';
import { exitCodes } from '../errors.ts';

/** What `interruptible` needs of the process; a test gives its own. */
export interface SignalSource {
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  exit(code: number): void;
}

export interface Interruptible extends Disposable {
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** The first signal stops the work in order; the second abandons it at once, and what is left is for `down`. */
export function interruptible(source: SignalSource, stderr: TextOutput): Interruptible {
  const controller = new AbortController();
  const listener = (): void => {
    if (controller.signal.aborted) return source.exit(exitCodes.interrupted);
    stderr.write('\nstopping; again to abandon (then run plumbline down)\n');
    controller.abort(new DOMException('interrupted by a signal', 'AbortError'));
  };
  source.on('SIGINT', listener);
  source.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      source.off('SIGINT', listener);
      source.off('SIGTERM', listener);
    },
  };
}

/** What `watchForDefects` needs of the process. */
export interface RejectionSource {
  on(event: 'unhandledRejection', listener: (thrown: unknown) => void): unknown;
}

/**
 * Promises that nobody waits for and that fail: a defect, but no reason to end at once and leave a cluster behind. Shows
 * each, and answers how to learn the exit code of what came. What an interrupt aborted is no defect.
 *
 * @param show shows an error and answers its exit code
 */
export function watchForDefects(source: RejectionSource, show: (thrown: unknown) => number): () => number {
  let exitCode: number = exitCodes.kept;
  source.on('unhandledRejection', (thrown) => {
    const aborted = thrown instanceof DOMException && thrown.name === 'AbortError';
    if (!aborted) exitCode = show(thrown);
  });
  return () => exitCode;
}
