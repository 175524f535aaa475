import type { RunEvent } from '../run/events.ts';
import { Progress, claimStep, key, placeNote, sideSuffix } from './progress.ts';
import type { RunningStep } from './progress.ts';
import type { Reporter } from './reporter.ts';
import { duration, oneLine } from './style.ts';
import type { Style } from './style.ts';
import { summary } from './summary.ts';
import { earlyVerdictLine, sidePhrase } from './verdict-line.ts';

/** Where a reporter writes; process.stdout is one. */
export interface TextOutput {
  write(text: string): unknown;
}

/** A log that nobody watches needs no more of one step. */
const noteIntervalMs = 10_000;

/**
 * For logs and pipes: a line when a step starts and when it ends, what it waits for at most every 10 s, verdicts as
 * they fall, then the summary. Quiet leaves out the steps that went well.
 */
export function plainReporter(output: TextOutput, style: Style, quiet = false): Reporter {
  const progress = new Progress();
  const notedAt = new Map<string, number>();
  return {
    event(event) {
      const step = progress.take(event);
      if (quiet && isRoutine(event)) return;
      if (event.kind === 'step.note' && tooSoon(event, notedAt, step)) return;
      const line = eventLine(event, style);
      if (line !== undefined) output.write(`${line}\n`);
    },
    async close(report) {
      if (report !== undefined) output.write(`\n${summary(report, style)}`);
    },
  };
}

function isRoutine(event: RunEvent): boolean {
  return !['step.failed', 'claim.ended', 'warning'].includes(event.kind);
}

function tooSoon(event: RunEvent & { kind: 'step.note' }, notedAt: Map<string, number>, step?: RunningStep): boolean {
  const id = key(event.phase, placeNote(event.phase, event.step, event.note).name);
  const now = Date.parse(event.at);
  if (now - (notedAt.get(id) ?? step?.startedAt ?? 0) < noteIntervalMs) return true;
  notedAt.set(id, now);
  return false;
}

/** One event as a line of a log; undefined for those that say nothing new to a person. */
export function eventLine(event: RunEvent, style: Style): string | undefined {
  const { colors } = style;
  switch (event.kind) {
    case 'run.started':
      return colors.dim(`run ${event.runId}: ${event.command}`);
    case 'step.started':
      return stepLine(event.phase, event.step, event.usualMs === undefined ? '' : `usually ${duration(event.usualMs)}`, style);
    case 'step.note':
      return noteLine(event, style);
    case 'step.done':
      return stepLine(event.phase, event.step, event.cached ? 'cached' : `done in ${duration(event.durationMs)}`, style);
    case 'step.failed':
      return stepLine(event.phase, event.step, colors.red(`failed after ${duration(event.durationMs)}: ${oneLine(event.cause)}`), style);
    case 'claim.started':
      return stepLine('suites', claimStep(event.id, event.side), 'checking', style);
    case 'claim.side':
      return stepLine('suites', claimStep(event.id, event.side), sideText(event), style);
    case 'claim.ended':
      return earlyVerdictLine(event.verdict, event.id, event.observed, style);
    case 'warning':
      return `${colors.yellow('warning')}  ${oneLine(event.message)}`;
    case 'run.ended':
      return undefined;
  }
}

function noteLine(event: RunEvent & { kind: 'step.note' }, style: Style): string {
  const { name, note } = placeNote(event.phase, event.step, event.note);
  return stepLine(event.phase, name, oneLine(note), style);
}

function sideText(event: RunEvent & { kind: 'claim.side' }): string {
  const word = sideSuffix(event.id, event.side) === 'twin' ? sidePhrase(event.verdict) : event.verdict;
  return `${word}: ${oneLine(event.observed)}`;
}

function stepLine(phase: string, step: string, text: string, { colors }: Style): string {
  return `${colors.dim(phase.padEnd(8))}  ${step}${text === '' ? '' : `  ${text}`}`;
}
