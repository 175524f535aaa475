import PQueue from 'p-queue';

/** One build or image, as the queue sees it. */
export interface QueuedWork<T> {
  /** Unique in its queue. */
  readonly name: string;
  /** Fetches what the work needs while the work before it is under way, so that the network and the compiler overlap. */
  readonly fetch?: (signal: AbortSignal) => Promise<void>;
  readonly work: (signal: AbortSignal) => Promise<T>;
}

/**
 * Builds at a time. `go build` uses every core itself, so a second one only helps while the first one links, and both
 * then end later than the first would have: what is needed first comes first.
 */
export const buildConcurrency = 1;

/**
 * Starts works in the given order, the most urgent first, and answers a promise for each at once: whoever needs only
 * the first need not wait for the last. A work that fails fails alone; when the signal aborts, what has not started
 * fails with the signal's reason.
 */
export function queueWorks<T>(works: readonly QueuedWork<T>[], options: { readonly signal: AbortSignal; readonly concurrency?: number }): ReadonlyMap<string, Promise<T>> {
  const queue = new PQueue({ concurrency: options.concurrency ?? buildConcurrency });
  const results = works.map(({ name, work }, index): [string, Promise<T>] => {
    const result = queue.add(async () => {
      options.signal.throwIfAborted();
      fetchAhead(works[index + 1], options.signal);
      return work(options.signal);
    });
    // Nobody may be waiting for it yet; whoever does later still meets the failure.
    result.catch(() => undefined);
    return [name, result];
  });
  return new Map(results);
}

/** A fetch that fails is no failure yet: the work itself fetches again and says what is wrong. */
function fetchAhead<T>(next: QueuedWork<T> | undefined, signal: AbortSignal): void {
  next?.fetch?.(signal).catch(() => undefined);
}
