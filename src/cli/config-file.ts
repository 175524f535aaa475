import { readFileSync } from 'node:fs';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { PlumblineError, lastCause } from '../errors.ts';

/** A configuration file as it was read, so that an error can name a line of it. */
export interface ConfigFile {
  readonly path: string;
  /** Whatever it says. Scalars of YAML are text. */
  readonly values: unknown;
  /** From 1; of the nearest thing around the keys where there are none such. */
  lineOf(keys: readonly string[]): number | undefined;
}

/** What goes to components as it is: numbers and truth values are such there. */
const typed = [['collector', 'config'], ['allocator', 'config'], ['tenants']] as const;

/** Reads a YAML file. @throws PlumblineError PL-CONFIG-READ, PL-CONFIG-YAML */
export function parseFile(path: string): ConfigFile {
  const lines = new LineCounter();
  const text = readText(path);
  const document = parseDocument(text, { schema: 'failsafe', merge: true, lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) throw configProblem('PL-CONFIG-YAML', 'a YAML mapping', `${place(path, broken.linePos?.[0].line)}: ${broken.message.split('\n')[0]}`, path);
  const asTyped = parseDocument(text, { merge: true });
  for (const keys of typed) if (document.hasIn(keys) && typeof asTyped.getIn(keys) === 'object') document.setIn(keys, asTyped.getIn(keys));
  return { path, values: document.toJS() as unknown, lineOf: (keys) => lineIn(document, lines, keys) };
}

/** @throws PlumblineError PL-CONFIG-READ */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw configProblem('PL-CONFIG-READ', 'a file that can be read', `${path}: ${lastCause(thrown)}`, path);
  }
}

function lineIn(document: Document, lines: LineCounter, keys: readonly string[]): number | undefined {
  const node = keys.length === 0 ? undefined : document.getIn(keys, true);
  const range = (node as { range?: readonly [number, number, number] | null } | undefined)?.range ?? document.contents?.range;
  return range ? lines.linePos(range[0]).line : undefined;
}

/** File and line of a key, else of the nearest thing around it. */
export function placeOf({ path, lineOf }: ConfigFile, keys: readonly string[]): string {
  return place(path, lineOf(keys));
}

function place(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`;
}

export function configProblem(code: `PL-${string}`, expected: string, seen: string, path: string, next = `mend ${path}`): PlumblineError {
  return new PlumblineError({ code, kind: 'usage', expected, seen, next });
}
