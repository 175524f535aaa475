import { lastCause } from '../errors.ts';
import type { RunStep, Step } from './context.ts';
import { rememberDuration, usualMs } from './durations.ts';
import type { EventSink } from './events.ts';

/**
 * Steps that show themselves as events and whose durations are remembered for the next plan. A step that throws is
 * shown as failed with its innermost cause, and throws on.
 */
export function runSteps(emit: EventSink): RunStep {
  return async (phase, name, work) => {
    const usual = await usualMs(name);
    emit({ kind: 'step.started', phase, step: name, ...(usual === undefined ? {} : { usualMs: usual }) });
    const started = performance.now();
    const durationMs = (): number => Math.round(performance.now() - started);
    let cached = false;
    try {
      const value = await work({ note: (note) => emit({ kind: 'step.note', phase, step: name, note }), cached: () => (cached = true) });
      emit({ kind: 'step.done', phase, step: name, durationMs: durationMs(), ...(cached ? { cached } : {}) });
      if (!cached) await rememberDuration(name, durationMs());
      return value;
    } catch (thrown) {
      emit({ kind: 'step.failed', phase, step: name, durationMs: durationMs(), cause: lastCause(thrown) });
      throw thrown;
    }
  };
}

/** The same step, which tells somebody else too that it was served from a cache. */
export function alsoCached(step: Step, seen: () => void): Step {
  return {
    note: (text) => step.note(text),
    cached: () => {
      seen();
      step.cached();
    },
  };
}
