import { eventsFile } from '../reports/events-file.ts';
import { combine } from '../reports/reporter.ts';
import { PlumblineError, exitCodes } from '../errors.ts';
import { interruptible } from './interrupt.ts';
import { outputFiles, prepareOutput } from './output.ts';
import { runOptions, shellWord } from './run-options.ts';
import type { RunFlags } from './run-options.ts';
import { loadRunner } from './runner.ts';
import type { UpResult } from '../runner/up.ts';
import type { Endpoint } from '../runner/up-endpoints.ts';
import type { Runner } from './runner.ts';
import { screen } from './screen.ts';
import type { ScreenFlags } from './screen.ts';

/**
 * `plumbline up`: starts a claim's platform, keeps it and says how to reach it.
 *
 * @throws PlumblineError where it could not be started; nothing of it is left then
 */
export async function up(selectors: readonly string[], flags: RunFlags & ScreenFlags, load: () => Promise<Runner> = loadRunner): Promise<number> {
  const options = await runOptions(selectors, { ...flags, keep: 'always' });
  const runner = await load();
  const undo = prepareOutput(options.outputDir);
  const reporter = combine([screen(flags), eventsFile(outputFiles(options.outputDir).events)]);
  using interrupt = interruptible(process, process.stderr);
  try {
    const result = await runner.up(options, reporter, interrupt.signal).finally(() => reporter.close());
    process.stdout.write(flags.reporter === 'ndjson' ? `${JSON.stringify({ kind: 'up', ...result })}\n` : upText(result));
    return exitCodes.kept;
  } catch (thrown) {
    // Its events tell why it did not come up; wrong use leaves nothing behind.
    if (thrown instanceof PlumblineError && thrown.problem.kind === 'usage') undo();
    if (interrupt.signal.aborted) return exitCodes.interrupted;
    throw thrown;
  }
}

/** How to reach a platform, in lines that can be pasted. */
export function upText({ runId, kubeconfigPath, endpoints }: UpResult): string {
  const width = Math.max(0, ...endpoints.map((endpoint) => endpoint.name.length));
  const noted = ({ url, note }: Endpoint): string => (note === undefined ? url : `${url}  (${note})`);
  // Behind the command, as a comment to the shell, stands where it then leads.
  const reach = endpoints.map((one) => (one.forward ? `  ${one.forward.map(shellWord).join(' ')}  # ${one.name}: ${noted(one)}` : `  ${one.name.padEnd(width)}  ${noted(one)}`));
  return [`Run ${runId} stays up.`, `  export KUBECONFIG=${shellWord(kubeconfigPath)}`, ...reach, `Remove it: ./plumbline down ${runId}`, ''].join('\n');
}
