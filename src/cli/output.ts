import { mkdirSync, rmSync, rmdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PlumblineError } from '../errors.ts';

/** The files of a run's output folder, as docs/reference.md lists them. */
export function outputFiles(folder: string) {
  return {
    events: join(folder, 'events.ndjson'),
    report: join(folder, 'report.json'),
    junit: join(folder, 'junit.xml'),
    simulation: join(folder, 'simulation.json'),
    defect: join(folder, 'internal-error.txt'),
  };
}

/**
 * Makes the output folder and takes an earlier run's files out of it, which would be read as this one's. Answers how to
 * undo that, for a run that could not begin.
 *
 * @throws PlumblineError PL-OUTPUT-UNUSABLE
 */
export function prepareOutput(folder: string): () => void {
  try {
    const firstMade = mkdirSync(folder, { recursive: true });
    removeFiles(folder);
    return () => {
      removeFiles(folder);
      if (firstMade !== undefined) removeEmpty(folder, firstMade);
    };
  } catch (thrown) {
    throw new PlumblineError({
      code: 'PL-OUTPUT-UNUSABLE',
      kind: 'usage',
      expected: 'a folder that can be written',
      seen: folder,
      next: 'choose another with --output DIR',
      cause: thrown,
    });
  }
}

function removeFiles(folder: string): void {
  for (const file of Object.values(outputFiles(folder))) rmSync(file, { force: true });
}

/** From the inside out, up to the outermost that was made here; another run may have put its folder there since. */
function removeEmpty(folder: string, outermost: string): void {
  try {
    for (let at = folder; at.startsWith(outermost); at = dirname(at)) rmdirSync(at);
  } catch {
    // not empty: it is somebody else's now
  }
}

/** Relative where that is below the working folder, so that it can be read at a glance; else as it is. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short === '' ? '.' : short.startsWith('..') ? path : short;
}
