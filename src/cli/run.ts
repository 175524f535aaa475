import { writeFileSync } from 'node:fs';
import { PlumblineError, exitCodes } from '../errors.ts';
import { eventsFile } from '../reports/events-file.ts';
import { recorder, recoverReport } from '../reports/recover.ts';
import { junitFile, reportFile } from '../reports/report-file.ts';
import type { RunReport } from '../reports/report.ts';
import { combine } from '../reports/reporter.ts';
import type { Reporter } from '../reports/reporter.ts';
import { interruptible } from './interrupt.ts';
import { outputFiles, prepareOutput, shortPath } from './output.ts';
import { showPlan } from './list.ts';
import { runOptions } from './run-options.ts';
import type { RunFlags } from './run-options.ts';
import { loadRunner } from './runner.ts';
import type { RunOptions } from '../runner/options.ts';
import type { Runner } from './runner.ts';
import { screen } from './screen.ts';
import type { ScreenFlags } from './screen.ts';
import { asPlumblineError, defectDetails } from './show-error.ts';

type Flags = RunFlags & ScreenFlags & { readonly dryRun?: boolean; readonly json?: boolean };

/**
 * `plumbline run`: judges claims, shows the run and keeps its reports. Answers the run's exit code.
 *
 * @throws PlumblineError where the run could not begin or the machine failed it; its reports are written all the same
 */
export async function run(selectors: readonly string[], flags: Flags, load: () => Promise<Runner> = loadRunner): Promise<number> {
  const options = runOptions(selectors, flags);
  if (flags.json === true && flags.dryRun !== true) throw jsonWithoutDryRun();
  const runner = await load();
  if (flags.dryRun === true) return showPlan(await runner.planRun(options), 'dry-run', flags);
  const undo = prepareOutput(options.outputDir);
  const shown = screen(flags);
  using interrupt = interruptible(process, process.stderr);
  const end = await attempt(options, runner, shown, interrupt.signal);
  if (end.error?.problem.kind === 'usage') undo();
  else if (flags.reporter !== 'ndjson') process.stdout.write(`Reports: ${shortPath(options.outputDir)}\n`);
  if (end.error !== undefined && end.exitCode !== exitCodes.interrupted) throw end.error;
  return end.exitCode;
}

interface RunEnd {
  readonly exitCode: number;
  readonly error?: PlumblineError;
}

/** Runs, and closes every reporter whatever happens; the files get a report even where the runner could not make one. */
async function attempt(options: RunOptions, runner: Runner, shown: Reporter, signal: AbortSignal): Promise<RunEnd> {
  const files = outputFiles(options.outputDir);
  const record = recorder();
  const written = combine([eventsFile(files.events), reportFile(files.report), junitFile(files.junit)]);
  const startedAt = new Date();
  try {
    const report = await runner.runClaims(options, combine([shown, written, record]), signal);
    await closeAll(shown, report, written, report);
    return { exitCode: report.run.exitCode };
  } catch (thrown) {
    const error = known(thrown, files.defect);
    const exitCode = signal.aborted ? exitCodes.interrupted : error.exitCode;
    const end = { runId: options.runId, command: options.command, startedAt, endedAt: new Date(), exitCode, interrupted: signal.aborted };
    const report = recoverReport(record.events, { ...end, problem: error.message });
    // The screen gets the error itself, from main.
    await closeAll(shown, undefined, written, report);
    return { exitCode, error };
  }
}

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

function jsonWithoutDryRun(): PlumblineError {
  return new PlumblineError({
    code: 'PL-USAGE',
    kind: 'usage',
    expected: '--json together with --dry-run',
    seen: '--json alone',
    next: 'for a run, read report.json of its output folder, or take --reporter ndjson',
  });
}
