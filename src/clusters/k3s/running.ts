import { PlumblineError } from '../../errors.ts';
import type { Engine } from './engine.ts';

/** Lines of a node's log that are kept for a person. */
const keptLines = 12;

/** @throws PlumblineError PL-COMPONENT-EXITED with its last lines, when a node's container has ended */
export async function mustRun(engine: Engine, container: string): Promise<void> {
  const state = await engine.container.getById(container).inspect().then(({ State }) => State, () => undefined);
  if (state === undefined || state.Running || state.Status === 'created') return;
  throw new PlumblineError({
    code: 'PL-COMPONENT-EXITED', kind: 'environment', expected: `the node ${container} to keep running`,
    seen: `it exited with code ${state.ExitCode}${state.OOMKilled ? ', out of memory' : ''}`,
    next: 'Its last lines say why; `plumbline doctor` looks at the Docker engine.', lastLines: await nodeLines(engine, container),
  });
}

/** The last lines of what a node's container printed. */
export async function nodeLines(engine: Engine, container: string): Promise<readonly string[]> {
  const logs = await engine.container.getById(container).logs({ stdout: true, stderr: true, tail: keptLines }).catch(() => Buffer.alloc(0));
  return nodeLog(logs);
}

/** Lines out of Docker's stream, in which each piece has a head of eight bytes: which output it is of, and its length. */
export function nodeLog(stream: Buffer): readonly string[] {
  let text = '';
  for (let at = 0; at + 8 <= stream.length; at += 8 + stream.readUInt32BE(at + 4)) text += stream.toString('utf8', at + 8, at + 8 + stream.readUInt32BE(at + 4));
  return text.split('\n').map((line) => line.trimEnd()).filter(Boolean);
}
