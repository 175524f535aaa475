/**
 * What happens in a run, as data. Reporters are functions of this stream and of nothing else, and events.ndjson is the
 * stream itself: a line an event.
 */
export type Phase = 'plan' | 'images' | 'cluster' | 'platform' | 'suites' | 'simulate' | 'report' | 'clean-up';

export type Verdict = 'pass' | 'fail' | 'error' | 'skipped';

interface At {
  /** ISO 8601, UTC. */
  readonly at: string;
}

export type RunEvent = At &
  (
    | { readonly kind: 'run.started'; readonly runId: string; readonly command: string }
    | { readonly kind: 'run.ended'; readonly runId: string; readonly exitCode: number; readonly durationMs: number }
    /** `usualMs` is what this step took before on this machine, where that is known. */
    | { readonly kind: 'step.started'; readonly phase: Phase; readonly step: string; readonly usualMs?: number }
    /** What is being done or waited for now; while waiting, the last cause why it is not there yet. */
    | { readonly kind: 'step.note'; readonly phase: Phase; readonly step: string; readonly note: string }
    | { readonly kind: 'step.done'; readonly phase: Phase; readonly step: string; readonly durationMs: number; readonly cached?: boolean }
    | { readonly kind: 'step.failed'; readonly phase: Phase; readonly step: string; readonly durationMs: number; readonly cause: string }
    | { readonly kind: 'claim.started'; readonly id: string; readonly side: string }
    | { readonly kind: 'claim.side'; readonly id: string; readonly side: string; readonly verdict: Verdict; readonly observed: string }
    | { readonly kind: 'claim.ended'; readonly id: string; readonly verdict: Verdict; readonly observed: string; readonly durationMs: number }
    | { readonly kind: 'warning'; readonly message: string }
  );

/** An event without its time; the sink stamps it. */
export type NewEvent = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never;

export type EventSink = (event: NewEvent) => void;
