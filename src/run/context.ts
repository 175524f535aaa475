import type { EventSink, Phase } from './events.ts';

/** What a run hands to everything that works for it. */
export interface RunContext {
  /** Six characters of [a-z0-9], in every name that the run makes: links, namespaces, cgroups, images, folders. */
  readonly id: string;
  /** Files of the run (mode 0700), removed by `down`. */
  readonly dir: string;
  readonly emit: EventSink;
  /** Aborts on Ctrl-C; whoever waits or runs a process passes it on. */
  readonly signal: AbortSignal;
}

/** One step while it is under way. */
export interface Step {
  /** Says what is being done or waited for now. */
  note(text: string): void;
  /** Marks the step as served from a cache; its duration is then no estimate for the next time. */
  cached(): void;
}

/** Runs `work` as a named step: the user sees it start, what it waits for, how long it took and what it failed of. */
export type RunStep = <T>(phase: Phase, name: string, work: (step: Step) => Promise<T>) => Promise<T>;
