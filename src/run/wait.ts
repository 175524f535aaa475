import { setTimeout as pause } from 'node:timers/promises';
import prettyMilliseconds from 'pretty-ms';
import { PlumblineError, lastCause } from '../errors.ts';
import type { Step } from './context.ts';

/** One look at what is waited for. */
export interface Look {
  /** Says what was seen, for the note of the step and for the error when the wait ends without success. */
  saw(text: string): void;
  /** Aborts at the deadline and on Ctrl-C; a probe hands it on to whatever it asks. */
  readonly signal: AbortSignal;
}

export type Probe<T> = (look: Look) => T | undefined | Promise<T | undefined>;

interface Watching {
  /** Milliseconds between the end of one look and the start of the next. Default 250. */
  readonly intervalMs?: number | undefined;
  /** Ends the wait at once; the signal's reason is thrown as it is. */
  readonly signal?: AbortSignal | undefined;
  /** Shows the last cause while the wait lasts. */
  readonly step?: Pick<Step, 'note'> | undefined;
  /** What a person should do when the wait ends without success. */
  readonly next?: string | undefined;
  /** The component's own last lines, asked for only when the wait fails. */
  readonly lastLines?: (() => readonly string[] | Promise<readonly string[]>) | undefined;
}

export interface UntilOptions extends Watching {
  /** Milliseconds from the call; what bounds the wait, a hanging probe included. */
  readonly timeoutMs: number;
}

export interface WhileOptions extends Watching {
  /** Milliseconds of the whole window. */
  readonly forMs: number;
}

/** Long enough not to be busy, short enough not to be felt. */
const defaultIntervalMs = 250;

/**
 * Waits until `probe` answers something other than undefined, and answers that. A probe that throws has not succeeded
 * yet, and what it threw is the last cause; a PlumblineError it throws is final.
 *
 * @param what what is waited for, as it reads after "expected": `3 nodes Ready`
 * @throws PlumblineError PL-WAIT-TIMEOUT with what was last seen; the probe's own PlumblineError; the signal's reason
 */
export async function until<T>(what: string, probe: Probe<T>, options: UntilOptions): Promise<T> {
  const watch = new Watch(what, options, options.timeoutMs);
  while (true) {
    const value = await watch.look(probe);
    if (value !== undefined) return value;
    if (!(await watch.rest())) throw await timeout(what, options.timeoutMs, watch, options);
  }
}

/**
 * Looks again and again for a whole window, and answers the last value seen. For claims of absence: what must not
 * happen throws in the probe. A probe that cannot look breaks the window too, because not having seen is not absence.
 *
 * @throws PlumblineError PL-WAIT-BROKEN with the cause, as soon as the probe throws or outlasts the window's end
 */
export async function whileHolds<T>(what: string, probe: Probe<T>, options: WhileOptions): Promise<T | undefined> {
  const watch = new Watch(what, options, options.forMs);
  let value: T | undefined;
  do {
    const seen = await watch.look(probe);
    if (watch.cause !== undefined) throw await broken(what, watch, options);
    value = seen ?? value;
  } while (await watch.rest());
  return value;
}

const cutOff = new Error('no answer before the deadline');

/** The state of one wait: its deadline and what was seen last. */
class Watch {
  readonly what: string;
  readonly options: Watching;
  readonly deadline: number;
  seen: string | undefined;
  cause: unknown;

  constructor(what: string, options: Watching, durationMs: number) {
    this.what = what;
    this.options = options;
    this.deadline = Date.now() + durationMs;
  }

  async look<T>(probe: Probe<T>): Promise<T | undefined> {
    this.options.signal?.throwIfAborted();
    const end = new AbortController();
    const signal = this.options.signal ? AbortSignal.any([this.options.signal, end.signal]) : end.signal;
    // A second's grace, so that a probe started just before the deadline is not cut off half way.
    const timer = setTimeout(() => end.abort(cutOff), Math.max(this.deadline - Date.now(), 1000));
    try {
      this.cause = undefined;
      return await Promise.race([probe({ saw: (text) => this.note(text), signal }), rejection(signal)]);
    } catch (thrown) {
      this.options.signal?.throwIfAborted();
      if (thrown instanceof PlumblineError) throw thrown;
      this.cause = thrown;
      // A look cut off at the deadline says less than what was seen before it.
      if (thrown !== cutOff || this.seen === undefined) this.note(lastCause(thrown));
      return undefined;
    } finally {
      clearTimeout(timer);
      end.abort();
    }
  }

  /** Pauses until the next look; false when the deadline has passed. */
  async rest(): Promise<boolean> {
    const left = this.deadline - Date.now();
    if (left <= 0) return false;
    const interval = Math.min(this.options.intervalMs ?? defaultIntervalMs, left);
    await pause(interval, undefined, this.options.signal ? { signal: this.options.signal } : {}).catch(() => undefined);
    this.options.signal?.throwIfAborted();
    return true;
  }

  private note(text: string): void {
    if (text !== this.seen) this.options.step?.note(`${this.what}: ${text}`);
    this.seen = text;
  }
}

function rejection(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

function timeout(what: string, timeoutMs: number, watch: Watch, options: Watching): Promise<PlumblineError> {
  return problem('PL-WAIT-TIMEOUT', `${what} within ${prettyMilliseconds(timeoutMs)}`, watch.seen ?? 'nothing that could be judged', watch, options);
}

function broken(what: string, watch: Watch, options: Watching): Promise<PlumblineError> {
  return problem('PL-WAIT-BROKEN', `${what} for the whole window`, lastCause(watch.cause), watch, options);
}

async function problem(code: `PL-${string}`, expected: string, seen: string, watch: Watch, options: Watching): Promise<PlumblineError> {
  const lastLines = await options.lastLines?.();
  return new PlumblineError({
    code,
    kind: 'environment',
    expected,
    seen,
    next: options.next ?? 'Run again with `--keep=on-failure` and look at the logs in the output folder.',
    ...(lastLines ? { lastLines } : {}),
    cause: watch.cause,
  });
}
