import { createLogUpdate } from 'log-update';
import type { RunEvent } from '../run/events.ts';
import { eventLine } from './plain.ts';
import { Progress } from './progress.ts';
import type { RunningStep } from './progress.ts';
import type { Reporter } from './reporter.ts';
import { duration, elapsed, fit, oneLine } from './style.ts';
import type { Style } from './style.ts';
import { summary } from './summary.ts';

/** Once a second: a clock that a person reads, at next to no cost while the run waits. */
const redrawMs = 1000;

/** More steps than this are a count: the live region must stay a glance. */
const liveLines = 10;

/**
 * For a terminal: what has ended scrolls up, what is under way stays below with its elapsed and usual time.
 *
 * @param now clock in ms since the epoch
 */
export function liveReporter(output: NodeJS.WriteStream, style: () => Style, now: () => number = Date.now): Reporter {
  const progress = new Progress();
  const region = createLogUpdate(output);
  const draw = (): void => region(liveRegion(progress.running, style(), now()));
  const timer = setInterval(draw, redrawMs).unref();
  return {
    event(event) {
      progress.take(event);
      if (event.kind === 'step.note') return; // the next redraw shows it
      const line = lastingLine(event, style());
      if (line !== undefined) {
        region.clear();
        output.write(`${line}\n`);
      }
      draw();
    },
    async close(report) {
      clearInterval(timer);
      region.clear();
      region.done(); // gives the cursor back
      if (report !== undefined) output.write(`\n${summary(report, style())}`);
    },
  };
}

/** What stays on the screen: ends and verdicts, not starts, which the live region shows. */
function lastingLine(event: RunEvent, style: Style): string | undefined {
  return event.kind === 'step.started' || event.kind === 'claim.started' ? undefined : eventLine(event, style);
}

/** The lines below the log: a step each, e.g. `images    collector 0.131.0  compiling 312/1490  1m 12s (usually 4m)`. */
export function liveRegion(steps: readonly RunningStep[], style: Style, now: number): string {
  const shown = steps.slice(0, liveLines).map((step) => liveLine(step, style, now));
  const more = steps.length - liveLines;
  return [...shown, ...(more > 0 ? [style.colors.dim(`… and ${more} more`)] : [])].join('\n');
}

function liveLine(step: RunningStep, { columns, colors }: Style, now: number): string {
  const usual = step.usualMs === undefined ? '' : ` (usually ${duration(step.usualMs)})`;
  const time = `${elapsed(now - step.startedAt)}${usual}`;
  const head = fit(`${step.phase.padEnd(8)}  ${step.name}`, columns - 1);
  const room = columns - 1 - head.length - 2 - time.length - 2;
  const note = step.note === undefined || room < 8 ? '' : `  ${fit(oneLine(step.note), room)}`;
  const line = fit(`${head}${note}  ${time}`, columns - 1);
  return `${colors.cyan(line.slice(0, 8))}${line.slice(8)}`;
}
