import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RunReport } from './report.ts';
import type { Reporter } from './reporter.ts';

/** report.json: the whole report, by itself or not at all. */
export function reportFile(path: string): Reporter {
  return atEnd((report) => writeWhole(path, `${JSON.stringify(report, undefined, 2)}\n`));
}

/** junit.xml for CI systems. */
export function junitFile(path: string): Reporter {
  // Loaded when it is needed: a run waits for long, and should not hold an XML writer meanwhile.
  return atEnd(async (report) => writeWhole(path, (await import('./junit.ts')).junitXml(report)));
}

function atEnd(write: (report: RunReport) => Promise<void>): Reporter {
  return { event: () => undefined, close: async (report) => (report === undefined ? undefined : write(report)) };
}

/** A reader never sees half a file: written beside it, flushed, then renamed. */
async function writeWhole(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(unfinished, content, { flush: true });
    await rename(unfinished, path);
  } catch (thrown) {
    await rm(unfinished, { force: true });
    throw thrown;
  }
}
