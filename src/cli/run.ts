import { PlumblineError } from '../errors.ts';
import { attempt } from './attempt.ts';
import { interruptible } from './interrupt.ts';
import { showPlan } from './list.ts';
import { prepareOutput, shortPath } from './output.ts';
import { runOptions } from './run-options.ts';
import type { RunFlags } from './run-options.ts';
import { loadRunner } from './runner.ts';
import type { Runner } from './runner.ts';
import { screen } from './screen.ts';
import type { ScreenFlags } from './screen.ts';

type Flags = RunFlags & ScreenFlags & { readonly dryRun?: boolean; readonly json?: boolean };

/**
 * `plumbline run`: judges claims, shows the run and keeps its reports. Answers the run's exit code.
 *
 * @throws PlumblineError where the run could not begin or the machine failed it; its reports are written all the same,
 *   unless it was wrong use, which leaves nothing behind
 */
export async function run(selectors: readonly string[], flags: Flags, load: () => Promise<Runner> = loadRunner): Promise<number> {
  const options = await runOptions(selectors, flags);
  if (flags.json === true && flags.dryRun !== true) throw jsonWithoutDryRun();
  const runner = await load();
  if (flags.dryRun === true) return showPlan(await runner.planRun(options), 'dry-run', flags);
  const undo = prepareOutput(options.outputDir);
  const shown = screen(flags);
  using interrupt = interruptible(process, process.stderr);
  const { report, error, begun } = await attempt(options, runner, shown, interrupt.signal);
  if (error?.problem.kind === 'usage' && !begun) undo();
  else if (flags.reporter !== 'ndjson') process.stdout.write(`Reports: ${shortPath(options.outputDir)}\n`);
  if (error !== undefined) throw error;
  return report.run.exitCode;
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
