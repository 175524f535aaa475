import { PlumblineError } from '../../errors.ts';
import type { Engine } from './engine.ts';

/** Runs a command in a node's container and answers its output. @throws PlumblineError PL-COMMAND-FAILED with its last lines */
export async function execIn(engine: Engine, container: string, command: readonly string[]): Promise<string> {
  const { output, exitCode } = await engine.container.exec(engine.container.getById(container), [...command]);
  if (exitCode === 0) return output;
  const lines = output.trimEnd().split('\n').filter(Boolean);
  throw new PlumblineError({
    code: 'PL-COMMAND-FAILED', kind: 'environment', expected: `\`${command.join(' ')}\` in ${container} to succeed`, seen: lines.at(-1) ?? `exit code ${exitCode}`,
    next: '`plumbline doctor` looks at the Docker engine.', lastLines: lines.slice(-8),
  });
}
