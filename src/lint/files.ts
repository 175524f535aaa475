import { readFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PlumblineError } from '../errors.ts';

/** A file to lint. */
export interface LintFile {
  /** As it was named, or below a folder as that was named: annotations are matched by it. */
  readonly path: string;
  /** It was named itself, and not found in a folder. */
  readonly named: boolean;
}

/** What stands for standard input. */
export const standardInput = '-';

/** Folders of a repository that hold what others wrote, or what only its host reads. */
const passedOver = new Set(['node_modules', '.git', '.github']);

/**
 * Files to lint, in the order named, each once; of a folder every `*.yaml` and `*.yml` below it by name. Links are not followed.
 * @throws PlumblineError PL-FILE-MISSING
 */
export async function lintFiles(named: readonly string[]): Promise<readonly LintFile[]> {
  const found = new Map<string, LintFile>();
  for (const path of named) {
    const below = path === standardInput ? undefined : await inFolder(path);
    for (const file of below ?? [path]) if (!found.get(file)?.named) found.set(file, { path: file, named: below === undefined });
  }
  return [...found.values()];
}

/** @returns undefined of what is no folder */
async function inFolder(path: string): Promise<readonly string[] | undefined> {
  const one = await stat(path).catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
  return one.isDirectory() ? yamlBelow(path) : undefined;
}

async function yamlBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((cause: unknown) => {
    throw unreadable(folder, cause);
  });
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const below = await Promise.all(sorted.map((entry) => {
    if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : yamlBelow(join(folder, entry.name));
    return entry.isFile() && /\.ya?ml$/i.test(entry.name) ? [join(folder, entry.name)] : [];
  }));
  return below.flat();
}

/** A file's text, read at once: going to the thread pool for each of a thousand small files costs more than it spares. @throws PlumblineError PL-FILE-MISSING */
export async function readLintFile(path: string, input: NodeJS.ReadableStream): Promise<string> {
  if (path === standardInput) return text(input);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): PlumblineError {
  return new PlumblineError({ code: 'PL-FILE-MISSING', kind: 'usage', expected: 'a file or folder that can be read', seen: path, next: 'name another, or - for standard input', cause });
}
