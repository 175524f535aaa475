import type { z } from 'zod';
import { installedSpec, isTenantHeader } from '../platform/installed-spec.ts';
import type { Installed } from '../platform/installed-spec.ts';
import { hide, hideHeader } from '../run/secrets.ts';
import { configProblem, placeOf } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';

/** Where a configuration file describes a platform that runs already. */
const place = ['platform', 'installed'] as const;

const next = 'docs/installed.md has a complete example';

/**
 * A user's own platform as a configuration file describes it, each `${NAME}` taken from the environment; undefined where it describes
 * none. What is in headers is kept out of all output from here on.
 *
 * @throws PlumblineError PL-CONFIG-VALUE or PL-CONFIG-UNKNOWN-KEY with file and line; never with a value
 */
export function readInstalled(file: ConfigFile, env: NodeJS.ProcessEnv = process.env): Installed | undefined {
  const raw: unknown = (file.values as { platform?: { installed?: unknown } } | null)?.platform?.installed;
  if (raw === undefined) return undefined;
  const parsed = installedSpec.safeParse(settled(file, raw, [...place], env));
  if (!parsed.success) throw invalid(file, parsed.error.issues[0]);
  return parsed.data;
}

/** The same with the environment's values in it. */
function settled(file: ConfigFile, value: unknown, keys: readonly string[], env: NodeJS.ProcessEnv): unknown {
  if (typeof value === 'string') return settledText(file, value, keys, env);
  if (Array.isArray(value)) return value.map((inner: unknown, index) => settled(file, inner, [...keys, String(index)], env));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, settled(file, inner, [...keys, key], env)]));
}

function settledText(file: ConfigFile, text: string, keys: readonly string[], env: NodeJS.ProcessEnv): string {
  const secret = isSecret(keys);
  const value = text.replaceAll(/\$\{([^}]*)\}?/g, (written, name: string) => {
    const found = /^[A-Za-z_]\w*$/.test(name) && written.endsWith('}') ? env[name] : undefined;
    if (!found) throw configProblem('PL-CONFIG-VALUE', 'a variable of the environment that is set', `${placeOf(file, keys)}: ${keys.join('.')}: ${written}`, file.path, `export ${name || 'NAME'}=…, or mend ${file.path}`);
    if (secret) hide(found);
    return found;
  });
  if (secret && (value !== text || /auth|cookie|key|pass|secret|token/i.test(keys.at(-1) ?? ''))) hideHeader(value);
  return value;
}

/** Headers are where credentials belong; one that names the tenant is none. */
function isSecret(keys: readonly string[]): boolean {
  return /^(collectorH|h)eaders$/.test(keys.at(-2) ?? '') && !isTenantHeader(keys.at(-1) ?? '');
}

function invalid(file: ConfigFile, issue: z.core.$ZodIssue | undefined): Error {
  const unknownKey = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const keys = [...place, ...(issue?.path ?? []), ...(unknownKey === undefined ? [] : [unknownKey])].map(String);
  const where = placeOf(file, keys);
  if (unknownKey !== undefined) return configProblem('PL-CONFIG-UNKNOWN-KEY', 'keys of an installed platform', `${where}: ${keys.join('.')}`, file.path, next);
  const key = issue?.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  return configProblem('PL-CONFIG-VALUE', 'a value that an installed platform can have', `${where}: ${keys.join('.')}: ${key ?? issue?.message}`, file.path, next);
}
