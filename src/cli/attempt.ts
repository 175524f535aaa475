import { writeFileSync } from 'node:fs';
import { PlumblineError, exitCodes, lastCause } from '../errors.ts';
import { eventsFile } from '../reports/events-file.ts';
import { recorder, recoverReport } from '../reports/recover.ts';
import { junitFile, reportFile } from '../reports/report-file.ts';
import type { RunReport } from '../reports/report.ts';
import { combine, withoutSecrets } from '../reports/reporter.ts';
import type { Reporter } from '../reports/reporter.ts';
import type { RunEvent } from '../run/events.ts';
import type { RunOptions } from '../runner/options.ts';
import { outputFiles } from './output.ts';
import type { Runner } from './runner.ts';
import { asPlumblineError, defectDetails } from './show-error.ts';

/** How a run ended: always with a report, which the runner made or which was recovered from its events. */
export interface RunEnd {
  readonly report: RunReport;
  /** What ended the run before its own report, unless that was a signal. */
  readonly error?: PlumblineError;
  /** A claim was looked at, so that there is something to keep. */
  readonly begun: boolean;
}

/** Runs, and closes every reporter whatever happens. Never throws for what the runner throws. */
export async function attempt(options: RunOptions, runner: Runner, screen: Reporter, signal: AbortSignal): Promise<RunEnd> {
  const files = outputFiles(options.outputDir);
  const record = recorder();
  const shown = withoutSecrets(screen);
  const written = withoutSecrets(combine([eventsFile(files.events), reportFile(files.report), junitFile(files.junit)]));
  const startedAt = new Date();
  const end = await runner.runClaims(options, combine([shown, written, record]), signal).then(
    (report) => ({ report }),
    (thrown: unknown) => endEarly(thrown, options, startedAt, record.events, signal.aborted),
  );
  // An error is shown by main, after everything else.
  await closeAll(shown, 'error' in end ? undefined : end.report, written, end.report);
  return { ...end, begun: record.events.some((event) => event.kind === 'claim.started') };
}

function endEarly(thrown: unknown, options: RunOptions, startedAt: Date, events: readonly RunEvent[], interrupted: boolean): Omit<RunEnd, 'begun'> {
  const error = interrupted ? undefined : known(thrown, outputFiles(options.outputDir).defect);
  const { runId, command } = options;
  const exitCode = error?.exitCode ?? exitCodes.interrupted;
  const problem = error?.message ?? `ended early: ${lastCause(thrown)}`;
  const report = recoverReport(events, { runId, command, startedAt, endedAt: new Date(), exitCode, interrupted, problem });
  return error === undefined ? { report } : { report, error };
}

/** Reports that cannot be written cost no verdict: the terminal has it, and says what is missing. */
async function closeAll(shown: Reporter, onScreen: RunReport | undefined, written: Reporter, inFiles: RunReport): Promise<void> {
  const [screenEnd, filesEnd] = await Promise.allSettled([shown.close(onScreen), written.close(inFiles)]);
  if (screenEnd.status === 'rejected') throw screenEnd.reason;
  if (filesEnd.status === 'rejected') process.stderr.write(`warning: the reports are not complete: ${String(filesEnd.reason)}\n`);
}

/** A defect leaves its stack in the output folder; the terminal gets a sentence. */
function known(thrown: unknown, detailsFile: string): PlumblineError {
  if (thrown instanceof PlumblineError) return thrown;
  try {
    writeFileSync(detailsFile, defectDetails(thrown));
    return asPlumblineError(thrown, detailsFile);
  } catch {
    return asPlumblineError(thrown, undefined);
  }
}
