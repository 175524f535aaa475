import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { noUserConfig, userConfigKey } from '../platform/user-collector.ts';
import { nearest } from '../run/nearest.ts';
import type { PlumblineError } from '../errors.ts';
import { imageChoices, keepChoices, providerChoices, reporterChoices } from './choices.ts';
import { configProblem, parseFile, placeOf } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';

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
  strict: z.stringbool().optional(),
  grep: z.string().optional(),
  'fail-fast': z.stringbool().optional(),
  repeat: z.coerce.number().int().min(1).optional(),
  set: z.record(z.string(), z.string()).optional(),
  tenants: z.string().min(1).optional(),
  /** Read by the verbs that have to do with it: installed-config.ts. */
  platform: z.strictObject({ installed: z.unknown().optional() }).optional(),
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
 * Reads a configuration file; `output`, `tenants`, `kubeconfig` and the file that `set` names become absolute, relative to the file.
 *
 * @throws PlumblineError PL-CONFIG-READ, PL-CONFIG-YAML, PL-CONFIG-UNKNOWN-KEY or PL-CONFIG-VALUE, with file and line
 */
export function readConfig(path: string): Config {
  const file = parseFile(path);
  const parsed = configSchema.safeParse(file.document.toJS() || {});
  if (!parsed.success) throw schemaError(file, parsed.error.issues[0]);
  const files = ['output', 'tenants', 'kubeconfig'] as const;
  const absolute = files.flatMap((name) => (parsed.data[name] === undefined ? [] : [[name, resolve(dirname(path), parsed.data[name])] as const]));
  return { ...parsed.data, ...Object.fromEntries(absolute), ...absoluteInSet(parsed.data, dirname(path)) };
}

function absoluteInSet({ set }: Config, folder: string): Pick<Config, 'set'> {
  const named = set?.[userConfigKey];
  return named === undefined || named === noUserConfig ? {} : { set: { ...set, [userConfigKey]: resolve(folder, named) } };
}

function schemaError(file: ConfigFile, issue: z.core.$ZodIssue | undefined): PlumblineError {
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = [...(issue?.path ?? []), ...(unknownKey === undefined ? [] : [unknownKey])].map(String);
  const where = placeOf(file, keys);
  if (unknownKey === undefined) return configProblem('PL-CONFIG-VALUE', 'a value that the flag of this name takes', `${where}: ${keys.join('.')}: ${issue?.message}`, file.path);
  const known = keys.length > 1 ? ['installed'] : Object.keys(configSchema.shape);
  const meant = nearest(unknownKey, known);
  const next = meant === undefined ? undefined : `write ${meant} instead`;
  return configProblem('PL-CONFIG-UNKNOWN-KEY', `one of ${known.join(', ')}`, `${where}: ${unknownKey}`, file.path, next);
}
