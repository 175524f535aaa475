import PQueue from 'p-queue';

/** One build or image, as the queue sees it. */
export interface QueuedWork<T> {
  /** Fetches what the work needs while the work before it is under way, so that the network and the compiler overlap. */
  readonly fetch?: (signal: AbortSignal) => Promise<void>;
  readonly work: (signal: AbortSignal) => Promise<T>;
}

/**
 * Builds at a time. A second one could only use what the first leaves idle, and that is its linking: 8 of 550 s for kube
 * (measured). Both together would end later than the first alone, and what is needed first comes first.
 */
export const buildConcurrency = 1;

/**
 * Does works in the order in which they are added, each answered as soon as it is done: whoever needs only the first
 * need not wait for the last. A work that fails fails alone; when the signal aborts, what has not started fails with
 * the signal's reason.
 */
export class BuildQueue {
  readonly #signal: AbortSignal;
  readonly #queue: PQueue;
  readonly #waiting: QueuedWork<unknown>[] = [];

  constructor(signal: AbortSignal, concurrency: number = buildConcurrency) {
    this.#signal = signal;
    this.#queue = new PQueue({ concurrency });
  }

  /** The promise may be left alone: nobody need wait for a work that turns out not to be needed. */
  add<T>(work: QueuedWork<T>): Promise<T> {
    this.#waiting.push(work);
    const done = this.#queue.add(() => this.#start(work));
    done.catch(() => undefined);
    return done;
  }

  async #start<T>(work: QueuedWork<T>): Promise<T> {
    this.#waiting.splice(this.#waiting.indexOf(work), 1);
    this.#signal.throwIfAborted();
    // A fetch that fails is no failure yet: the work itself fetches again and says what is wrong.
    this.#waiting[0]?.fetch?.(this.#signal).catch(() => undefined);
    return work.work(this.#signal);
  }
}
