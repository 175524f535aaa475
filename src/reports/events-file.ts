import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reporter } from './reporter.ts';
import type { TextOutput } from './plain.ts';

/**
 * events.ndjson: a line an event, each handed to the kernel before the next, so that a killed run keeps all it said.
 * A write that fails is thrown by close, and the run goes on without the file.
 */
export function eventsFile(path: string): Reporter {
  let failure: unknown;
  let file: number | undefined;
  const append = (line: string): void => {
    if (failure !== undefined) return;
    try {
      file ??= open(path);
      writeSync(file, line);
    } catch (thrown) {
      failure = thrown;
    }
  };
  return {
    event: (event) => append(`${JSON.stringify(event)}\n`),
    async close() {
      if (file !== undefined) closeSync(file);
      if (failure !== undefined) throw failure;
    },
  };
}

function open(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  return openSync(path, 'a');
}

/** The same stream to a pipe; the last line is `{"kind":"report", …}` with the whole report, where there is one. */
export function eventsToStream(output: TextOutput): Reporter {
  return {
    event: (event) => void output.write(`${JSON.stringify(event)}\n`),
    close: async (report) => void (report && output.write(`${JSON.stringify({ kind: 'report', report })}\n`)),
  };
}
