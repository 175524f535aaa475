import { ExecaError } from 'execa';
import { PlumblineError } from '../../errors.ts';
import { command } from '../../processes/command.ts';
import type { CommandOptions } from '../../processes/command.ts';
import { kindVariable } from './names.ts';

/** What a call of kind is for. */
export interface KindCall extends Pick<CommandOptions, 'signal' | 'seeLine'> {
  /** As kind knows it. */
  readonly cluster?: string;
  readonly runId?: string;
  /** Milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Runs kind and answers what it printed. It inherits the environment: KIND_EXPERIMENTAL_PROVIDER, DOCKER_HOST and what else says
 * which engine is meant count as they do for kind itself.
 *
 * @throws PlumblineError PL-KIND-FAILED with kind's own last lines; the signal's reason when aborted
 */
export async function kind(args: readonly string[], { cluster, ...call }: KindCall): Promise<string> {
  const env = cluster === undefined ? {} : { [kindVariable]: cluster };
  return command('kind', args, { ...call, env }).catch((thrown: unknown) => {
    if (!(thrown instanceof PlumblineError)) throw thrown;
    throw failed(thrown);
  });
}

function failed(cause: PlumblineError): PlumblineError {
  const { expected, seen, lastLines = [], cause: ended } = cause.problem;
  // kind says what failed first, and then prints all of what the program inside said.
  const sentence = /^ERROR: (.+)$/m.exec(ended instanceof ExecaError ? String(ended.stderr) : '')?.[1];
  return new PlumblineError({
    code: 'PL-KIND-FAILED', kind: 'environment', expected, seen: sentence ?? seen, lastLines, cause,
    next: 'Its last lines say why; `plumbline doctor` looks at this machine.',
  });
}
