import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { z } from 'zod';
import { nearest } from '../run/nearest.ts';
import { PlumblineError, lastCause } from '../errors.ts';
import { imageChoices, keepChoices, providerChoices, reporterChoices } from './choices.ts';

export const configName = 'plumbline.config.yaml';

/** Keys are the long names of the flags. Scalars arrive as text, as from a flag: `0.10` stays `0.10`. */
const configSchema = z.strictObject({
  provider: z.enum(providerChoices).optional(),
  images: z.enum(imageChoices).optional(),
  'k3s-image': z.string().min(1).optional(),
  'k3s-arg': z.array(z.string()).optional(),
  'kind-image': z.string().min(1).optional(),
  kubeconfig: z.string().min(1).optional(),
  context: z.array(z.string()).or(z.string().transform((name) => name.split(','))).optional(),
  'registry-prefix': z.string().min(1).optional(),
  'push-to': z.string().min(1).optional(),
  keep: z.enum(keepChoices).optional(),
  output: z.string().min(1).optional(),
  reporter: z.enum(reporterChoices).optional(),
  color: z.stringbool().optional(),
  quiet: z.stringbool().optional(),
  grep: z.string().optional(),
  'fail-fast': z.stringbool().optional(),
  repeat: z.coerce.number().int().min(1).optional(),
  set: z.record(z.string(), z.string()).optional(),
  tenants: z.string().min(1).optional(),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration file that holds for a folder: its own, else the nearest above it. */
export function findConfig(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, configName);
    if (existsSync(path)) return path;
    if (dirname(at) === at) return undefined;
  }
}

/**
 * Reads a configuration file; `output`, `tenants` and `kubeconfig` become absolute, relative to the file.
 *
 * @throws PlumblineError PL-CONFIG-READ, PL-CONFIG-YAML, PL-CONFIG-UNKNOWN-KEY or PL-CONFIG-VALUE, with file and line
 */
export function readConfig(path: string): Config {
  const lines = new LineCounter();
  const document = parseDocument(read(path), { schema: 'failsafe', lineCounter: lines });
  const broken = document.errors[0];
  if (broken !== undefined) throw problem('PL-CONFIG-YAML', 'a YAML mapping', `${place(path, broken.linePos?.[0].line)}: ${broken.message.split('\n')[0]}`, path);
  const parsed = configSchema.safeParse(document.toJS() || {});
  if (!parsed.success) throw schemaError(path, document, lines, parsed.error.issues[0]);
  const files = ['output', 'tenants', 'kubeconfig'] as const;
  const absolute = files.flatMap((name) => (parsed.data[name] === undefined ? [] : [[name, resolve(dirname(path), parsed.data[name])] as const]));
  return { ...parsed.data, ...Object.fromEntries(absolute) };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw problem('PL-CONFIG-READ', 'a file that can be read', `${path}: ${lastCause(thrown)}`, path);
  }
}

function schemaError(path: string, document: Document, lines: LineCounter, issue: z.core.$ZodIssue | undefined): PlumblineError {
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = [...(issue?.path ?? []), ...(unknownKey === undefined ? [] : [unknownKey])].map(String);
  const where = place(path, lineOf(document, lines, keys));
  if (unknownKey === undefined) return problem('PL-CONFIG-VALUE', 'a value that the flag of this name takes', `${where}: ${keys.join('.')}: ${issue?.message}`, path);
  const known = Object.keys(configSchema.shape);
  const meant = nearest(unknownKey, known);
  const next = meant === undefined ? undefined : `write ${meant} instead`;
  return problem('PL-CONFIG-UNKNOWN-KEY', `one of ${known.join(', ')}`, `${where}: ${unknownKey}`, path, next);
}

/** The line of a key, else of the nearest thing around it. */
function lineOf(document: Document, lines: LineCounter, keys: readonly string[]): number | undefined {
  const text = document.contents?.range;
  const node = keys.length === 0 ? undefined : document.getIn(keys, true);
  const range = (node as { range?: readonly [number, number, number] | null } | undefined)?.range ?? text;
  return range ? lines.linePos(range[0]).line : undefined;
}

function place(path: string, line: number | undefined): string {
  return line === undefined ? path : `${path}:${line}`;
}

function problem(code: `PL-${string}`, expected: string, seen: string, path: string, next = `mend ${path}`): PlumblineError {
  return new PlumblineError({ code, kind: 'usage', expected, seen, next });
}
