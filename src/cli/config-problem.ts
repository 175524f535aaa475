import type { z } from 'zod';
import type { PlumblineError } from '../errors.ts';
import { nearest } from '../run/nearest.ts';
import { configProblem, placeOf } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { configJsonSchema } from './config-schema.ts';

/** What the schema has against a file, with its line and the nearest right name. */
export function schemaProblem(file: ConfigFile, first: z.core.$ZodIssue | undefined): PlumblineError {
  const issue = first && innermost(first);
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const inside = (issue?.path ?? []).map(String);
  const keys = [...inside, ...(unknownKey === undefined ? [] : [unknownKey])];
  const where = placeOf(file, keys);
  if (unknownKey === undefined) return configProblem('PL-CONFIG-VALUE', 'a value that this key takes', `${where}: ${keys.join('.') || 'the whole of it'}: ${messageOf(issue)}`, file.path, nextFor(issue));
  const known = keysAt(configJsonSchema(), inside);
  const meant = nearest(unknownKey, known);
  return configProblem('PL-CONFIG-UNKNOWN-KEY', `one of ${known.join(', ')}`, `${where}: ${keys.join('.')}`, file.path, meant === undefined ? undefined : `write ${meant} instead`);
}

/** Of a value that may be of several kinds, what is nearest to being right: what is wrong deepest inside. */
function innermost(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().map(innermost).filter(({ code, path }) => path.length > 0 || code === 'unrecognized_keys' || code === 'custom');
  const [deepest] = inner.toSorted((a, b) => b.path.length - a.path.length);
  return deepest ? { ...deepest, path: [...issue.path, ...deepest.path] } : issue;
}

function messageOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'invalid_key') return issue.issues[0]?.message ?? issue.message;
  if (issue?.code !== 'invalid_union') return issue?.message ?? 'no configuration';
  return [...new Set(issue.errors.flat().map(({ message }) => message))].join(', or ');
}

/** Of a choice, the one that was meant. */
function nextFor(issue: z.core.$ZodIssue | undefined): string | undefined {
  const meant = issue?.code === 'invalid_value' && typeof issue.input === 'string' ? nearest(issue.input, issue.values.map(String)) : undefined;
  return meant === undefined ? undefined : `write ${meant} instead`;
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
}

/** Keys that a mapping in the file may have. */
function keysAt(schema: JsonSchema, [head, ...rest]: readonly string[]): readonly string[] {
  const kinds = [schema, ...schema.anyOf ?? []];
  if (head === undefined) return kinds.flatMap(({ properties = {} }) => Object.keys(properties));
  return kinds.flatMap(({ properties, additionalProperties }) => {
    const inner = properties?.[head] ?? additionalProperties;
    return typeof inner === 'object' ? keysAt(inner, rest) : [];
  });
}
