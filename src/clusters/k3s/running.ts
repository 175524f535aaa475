import { PlumblineError } from '../../errors.ts';
import { within } from './engine.ts';
import type { Engine } from './engine.ts';
import type { ServerNode } from './node.ts';

/** Lines of a node's log that are kept for a person. */
export const keptLines = 12;

/** @throws PlumblineError PL-COMPONENT-EXITED with its last lines, when a node's container has ended */
export async function mustRun(engine: Engine, container: string): Promise<void> {
  const state = await engine.container.getById(container).inspect().then(({ State }) => State, () => undefined);
  if (state === undefined || state.Running || state.Status === 'created') return;
  throw exited(container, `it exited with code ${state.ExitCode}${state.OOMKilled ? ', out of memory' : ''}`, await nodeLines(engine, container));
}

/** Milliseconds for the rest of what an ended server printed. */
const printedMs = 2000;

/** What a server's failed start means: where its output ended, it has ended, and by now the library has removed it. */
export async function endedServer(container: string, server: Pick<ServerNode, 'log' | 'printed'>, thrown: unknown): Promise<unknown> {
  if (!(thrown instanceof Error) || !thrown.message.startsWith('Log stream ended')) return thrown;
  await within(server.printed(), 'it still prints', printedMs).catch(() => undefined);
  return exited(container, 'it exited before it was ready', server.log);
}

function exited(container: string, seen: string, lastLines: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-COMPONENT-EXITED', kind: 'environment', expected: `the node ${container} to keep running`, seen,
    next: 'Its last lines say why; `plumbline doctor` looks at the Docker engine.', lastLines,
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
