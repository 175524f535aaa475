import type { RunEvent } from '../run/events.ts';
import { hostFacts } from './environment.ts';
import { schemaVersion } from './report.ts';
import type { ReportedStep, RunReport } from './report.ts';
import type { Reporter } from './reporter.ts';

/** How a run ended that could not make its own report. */
export interface EarlyEnd {
  readonly runId: string;
  readonly command: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly exitCode: number;
  readonly interrupted: boolean;
  readonly problem: string;
}

/** Keeps the events for `recoverReport`; notes are left out, because a long run has many. */
export function recorder(): Reporter & { readonly events: readonly RunEvent[] } {
  const events: RunEvent[] = [];
  return { events, event: (event) => void (event.kind === 'step.note' || events.push(event)), close: async () => undefined };
}

/** A report of what is known from the events alone; verdicts that had fallen are among its problems, without evidence. */
export function recoverReport(events: readonly RunEvent[], end: EarlyEnd): RunReport {
  const fallen = events.flatMap((event) => (event.kind === 'claim.ended' ? [`${event.id} had ended: ${event.verdict}, ${event.observed}`] : []));
  const warnings = events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  return {
    schemaVersion,
    run: {
      id: end.runId,
      command: end.command,
      startedAt: end.startedAt.toISOString(),
      endedAt: end.endedAt.toISOString(),
      durationMs: Math.max(0, end.endedAt.getTime() - end.startedAt.getTime()),
      verdict: end.interrupted ? 'interrupted' : 'error',
      exitCode: end.exitCode,
    },
    environment: hostFacts(),
    images: [],
    steps: reportedSteps(events),
    claims: [],
    problems: [end.problem, ...fallen, ...warnings],
  };
}

/** The steps of a run as report.json lists them, in the order in which they ended. */
export function reportedSteps(events: readonly RunEvent[]): ReportedStep[] {
  return events.flatMap((event): ReportedStep[] => {
    if (event.kind !== 'step.done' && event.kind !== 'step.failed') return [];
    const { phase, step, durationMs } = event;
    if (event.kind === 'step.failed') return [{ phase, step, durationMs, cached: false, failed: event.cause }];
    return [{ phase, step, durationMs, cached: event.cached ?? false }];
  });
}
