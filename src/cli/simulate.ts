import { writeFileSync } from 'node:fs';
import { resolve, join } from 'node:path';
import { PlumblineError, exitCodes } from '../errors.ts';
import { eventsFile } from '../reports/events-file.ts';
import { combine } from '../reports/reporter.ts';
import { styleOf } from '../reports/style.ts';
import type { EventSink } from '../run/events.ts';
import { defaults } from '../simulation/options.ts';
import type { SimulationOptions, Strategy } from '../simulation/options.ts';
import type { Simulation } from '../simulation/result.ts';
import { interruptible } from './interrupt.ts';
import { outputFiles, prepareOutput, shortPath } from './output.ts';
import { newRunId, typedCommand } from './run-options.ts';
import { screen } from './screen.ts';
import type { ScreenFlags } from './screen.ts';

interface Flags extends ScreenFlags {
  readonly nodes?: readonly number[];
  readonly targets?: readonly number[];
  readonly strategy?: Strategy;
  readonly allocator?: string;
  readonly missing?: number;
  readonly output?: string;
  readonly json?: boolean;
}

/** What simulates; a test gives its own. */
type Simulate = (options: SimulationOptions, emit: EventSink, signal: AbortSignal) => Promise<Simulation>;

async function loadSimulate(): Promise<Simulate> {
  return (await import('../simulation/simulate.ts')).simulate;
}

/**
 * `plumbline simulate`: measures the real target allocator on simulated clusters, shows and keeps the figures. Exit 1 where a target was
 * not assigned exactly once.
 *
 * @throws PlumblineError for wrong use, and where it could not be measured; nothing is left then
 */
export async function simulate(_: readonly string[], flags: Flags, load: () => Promise<Simulate> = loadSimulate): Promise<number> {
  const options = optionsOf(flags);
  const outputDir = resolve(flags.output ?? join('plumbline-output', options.runId));
  const measure = await load();
  const undo = prepareOutput(outputDir);
  // Whoever pipes the figures on still sees that it works.
  const reporter = combine([screen(flags, flags.json === true ? process.stderr : process.stdout), eventsFile(outputFiles(outputDir).events)]);
  using interrupt = interruptible(process, process.stderr);
  try {
    const emit: EventSink = (event) => reporter.event({ ...event, at: new Date().toISOString() });
    const simulation = await measure(options, emit, interrupt.signal).finally(() => reporter.close());
    writeFileSync(outputFiles(outputDir).simulation, jsonOf(simulation));
    await show(simulation, flags, outputDir);
    return simulation.run.exitCode;
  } catch (thrown) {
    if (thrown instanceof PlumblineError && thrown.problem.kind === 'usage') undo();
    if (interrupt.signal.aborted) return exitCodes.interrupted;
    throw thrown;
  }
}

function optionsOf({ nodes = defaults.nodes, targets = defaults.targets, strategy = defaults.strategy, allocator = defaults.allocator, missing = 0 }: Flags): SimulationOptions {
  return { runId: newRunId(), nodes, targets, strategy, allocator, missing, command: typedCommand() };
}

async function show(simulation: Simulation, flags: Flags, outputDir: string): Promise<void> {
  if (flags.json === true) return void process.stdout.write(jsonOf(simulation));
  if (flags.reporter === 'ndjson') return void process.stdout.write(`${JSON.stringify({ kind: 'simulation', ...simulation })}\n`);
  const { simulationText } = await import('../simulation/text.ts');
  process.stdout.write(`\n${simulationText(simulation, styleOf(process.stdout, flags.color ?? true), flags.quiet)}Figures: ${shortPath(outputFiles(outputDir).simulation)}\n`);
}

function jsonOf(simulation: Simulation): string {
  return `${JSON.stringify(simulation, undefined, 2)}\n`;
}
