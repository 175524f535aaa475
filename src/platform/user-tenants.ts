import { readFile } from 'node:fs/promises';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { PlumblineError, lastCause } from '../errors.ts';
import { patchPlatform } from './platform-file.ts';
import { backendLimits, tenantName } from './spec.ts';
import type { PlatformPatch, PlatformSpec } from './spec.ts';

/**
 * A user's own tenants and their limits, in place of the ones that the claims come with. The first is the one that surges;
 * the others must not notice.
 */
export const userTenants = z.record(tenantName, backendLimits)
  .refine((tenants) => Object.keys(tenants).length >= 2, { message: 'at least two: one that surges and one that must not notice' });

const file = z.strictObject({ tenants: userTenants });

export type UserTenants = z.infer<typeof userTenants>;

/** @throws PlumblineError PL-TENANTS-INVALID for a file that cannot be read, is no YAML, or has no tenants by limits */
export async function readUserTenants(path: string): Promise<UserTenants> {
  const parsed = file.safeParse(await readYaml(path));
  if (parsed.success) return parsed.data.tenants;
  const issue = parsed.error.issues[0];
  throw invalid(path, 'tenants with limits by backend', `${issue?.path.join('.') || 'the file'}: ${issue?.message ?? 'not such a file'}`);
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'));
  } catch (error) {
    throw invalid(path, error instanceof YAMLParseError ? 'YAML' : 'a file that can be read', lastCause(error));
  }
}

function invalid(path: string, expected: string, seen: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-TENANTS-INVALID', kind: 'usage', expected: `${expected} in ${path}`, seen,
    next: 'It reads `tenants: {team-a: {mimir: {ingestion_rate: 10000}, loki: {…}, tempo: {…}}, team-b: {}}`; docs/tenants.md has more.',
  });
}

/**
 * The platform with the user's tenants: each takes the place of one of the platform's own, in order, with limits of its own. Where there is
 * one tenant, none of it is about several, and it becomes the user's first.
 */
export function withUserTenants(platform: PlatformSpec, tenants: UserTenants): PlatformSpec {
  if (Object.keys(platform.tenants).length === 0) return platform;
  const named = renamedFor(platform, tenants, platform) as PlatformSpec;
  const own = Object.values(named.tenants);
  const taken = Object.entries(tenants).slice(0, own.length === 1 ? 1 : undefined);
  const replaced = Object.fromEntries(taken.map(([name, limits], index) => [name, { ...own[index], limits }]));
  return patchPlatform({ ...platform, tenants: {} }, { ...named, tenants: replaced }, 'the tenants file');
}

/** A platform or patch with the user's names of tenants in place of the platform's own, as keys and as values. */
export function renamedFor(platform: PlatformSpec, tenants: UserTenants, value: PlatformPatch): PlatformPatch {
  const names = Object.keys(tenants);
  const other = new Map(Object.keys(platform.tenants).map((name, index) => [name, names[index] ?? name]));
  const rename = (part: unknown): unknown => {
    if (typeof part === 'string') return other.get(part) ?? part;
    if (Array.isArray(part)) return part.map(rename);
    if (part === null || typeof part !== 'object') return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [other.get(key) ?? key, rename(inner)]));
  };
  return rename(value) as PlatformPatch;
}
