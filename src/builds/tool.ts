import { createInterface } from 'node:readline';
import { setPriority } from 'node:os';
import { stripVTControlCharacters } from 'node:util';
import { ExecaError, execa } from 'execa';

/** How a build tool is run: see runTool. */
export interface ToolOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called with each line of stderr as it comes. */
  readonly onLine?: (line: string) => void;
}

/** A tool that ended with another code than 0, or could not be started. */
export class ToolFailure extends Error {
  readonly output: readonly string[];

  constructor(command: readonly string[], output: readonly string[], cause: unknown) {
    super(`\`${command.join(' ')}\` failed: ${cause instanceof ExecaError ? cause.shortMessage : String(cause)}`, { cause });
    this.name = 'ToolFailure';
    // Maven colours its output wherever it goes.
    this.output = output.map((line) => stripVTControlCharacters(line));
  }
}

/** Lines of a failed tool that are worth keeping: a Go build prints its errors last. */
const keptLines = 200;
/** Builds are in nobody's way: a cluster that runs beside them keeps its turn (nice value, 0 is normal, 19 the least). */
const niceness = 10;

/**
 * Runs a build tool in a process group of its own and answers its stdout. When the signal aborts, the whole group is
 * killed: `go` starts compilers and linkers that would otherwise work on.
 *
 * @throws ToolFailure with the last lines of its stderr; the signal's reason when that aborts
 */
export async function runTool(command: readonly [string, ...string[]], options: ToolOptions): Promise<string> {
  options.signal.throwIfAborted();
  const [file, ...args] = command;
  const lines: string[] = [];
  const child = execa(file, args, { cwd: options.cwd, env: options.env, detached: true, cleanup: false, stdin: 'ignore', maxBuffer: 512e6 });
  const kill = (): void => killGroup(child.pid);
  options.signal.addEventListener('abort', kill, { once: true });
  // A harness that ends while a build runs must not leave it behind.
  process.once('exit', kill);
  lowerPriority(child.pid);
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > keptLines) lines.shift();
    options.onLine?.(line);
  });
  try {
    return (await child).stdout;
  } catch (thrown) {
    options.signal.throwIfAborted();
    // Maven complains on stdout.
    const printed = thrown instanceof ExecaError ? String(thrown.stdout ?? '').split('\n').slice(-keptLines) : [];
    throw new ToolFailure(command, [...printed, ...lines], thrown);
  } finally {
    options.signal.removeEventListener('abort', kill);
    process.removeListener('exit', kill);
  }
}

/** Compilers have nothing to put in order before they end: Go's caches are written by rename, and scratch is removed. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended by itself.
  }
}

function lowerPriority(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, niceness);
  } catch {
    // It has ended already, or the machine does not allow it: then it runs with the priority of the harness.
  }
}
