import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { PlumblineError, lastCause } from '../errors.ts';

/** A configuration file as it was parsed, so that an error can name a line of it. */
export interface ConfigFile {
  readonly path: string;
  readonly document: Document;
  readonly lines: LineCounter;
}

/** Reads a file; scalars are text. @throws PlumblineError PL-CONFIG-READ, PL-CONFIG-YAML */
export function parseFile(path: string): ConfigFile {
  const lines = new LineCounter();
  const document = parseDocument(read(path), { schema: 'failsafe', lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) throw configProblem('PL-CONFIG-YAML', 'a YAML mapping', `${place(path, broken.linePos?.[0].line)}: ${broken.message.split('\n')[0]}`, path);
  return { path, document, lines };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw configProblem('PL-CONFIG-READ', 'a file that can be read', `${path}: ${lastCause(thrown)}`, path);
  }
}

/** File and line of a key, else of the nearest thing around it. */
export function placeOf({ path, document, lines }: ConfigFile, keys: readonly string[]): string {
  const text = document.contents?.range;
  const node = keys.length === 0 ? undefined : document.getIn(keys, true);
  const range = (node as { range?: readonly [number, number, number] | null } | undefined)?.range ?? text;
  return place(path, range ? lines.linePos(range[0]).line : undefined);
}

function place(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`;
}

export function configProblem(code: `PL-${string}`, expected: string, seen: string, path: string, next = `mend ${path}`): PlumblineError {
  return new PlumblineError({ code, kind: 'usage', expected, seen, next });
}
