import { ExecaError, execa } from 'execa';
import { PlumblineError } from '../errors.ts';
import { runVariable } from './proc.ts';

export interface CommandOptions {
  readonly input?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Marks the command as one of this run's, so that it is found should Plumbline be killed meanwhile. */
  readonly runId?: string;
  /** Milliseconds until the command is killed. Default 60 s. */
  readonly timeoutMs?: number;
  /** Is shown each line of its standard error as it comes. */
  readonly seeLine?: (line: string) => void;
}

/**
 * Runs a short command of the system and answers its output.
 *
 * @throws PlumblineError PL-COMMAND-FAILED with the command and its last lines; the signal's reason when aborted
 */
export async function command(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { signal, timeoutMs = 60_000, env, runId, seeLine, ...rest } = options;
  try {
    const marked = { PATH: systemPath(), ...env, ...(runId === undefined ? {} : { [runVariable]: runId }) };
    return (await execa(file, args, { ...rest, env: marked, timeout: timeoutMs, ...(seeLine ? { stderr: shown(seeLine) } : {}), ...(signal ? { cancelSignal: signal } : {}) })).stdout;
  } catch (thrown) {
    signal?.throwIfAborted();
    if (!(thrown instanceof ExecaError)) throw thrown;
    throw new PlumblineError({
      code: 'PL-COMMAND-FAILED',
      kind: 'environment',
      expected: `\`${[file, ...args].join(' ')}\` to succeed`,
      seen: thrown.timedOut ? `no end within ${timeoutMs / 1000} s` : (lines(thrown.stderr).at(-1) ?? thrown.shortMessage),
      next: '`plumbline doctor` looks at this machine.',
      lastLines: lines(thrown.stderr).slice(-8),
      cause: thrown,
    });
  }
}

/** Passes lines on as they come, and shows each. */
function shown(seeLine: (line: string) => void) {
  return function* (line: unknown): Generator<string> {
    const text = String(line);
    seeLine(text);
    yield text;
  };
}

/** PATH with the folders of system programs, which an ordinary user's PATH may lack. */
export function systemPath(): string {
  return `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
}

function lines(output: unknown): readonly string[] {
  return typeof output === 'string' ? output.trimEnd().split('\n').filter((line) => line !== '') : [];
}
