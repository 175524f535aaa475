import { z } from 'zod';
import { allocationStrategies } from './scrape-spec.ts';
import { tenantName } from './spec.ts';
import { patchPlatform } from './platform-file.ts';
import type { PlatformPatch, PlatformSpec } from './spec.ts';

/** What a configuration file says of platforms. It holds for those that have the part: none gets a backend by it that its claim does without. */

/** Numbers and truth values of a YAML file arrive as text, so that a version stays as it is written. */
const text = z.string().min(1).or(z.number().transform(String));
const flag = z.boolean().or(z.stringbool());
const whole = (least: number, most: number) => z.coerce.number<number | string>().int().min(least).max(most);

export const configuredVersions = z.strictObject({
  collector: text, allocator: text, operator: text, mimir: text, loki: text, tempo: text, jaeger: text, grafana: text, k6: text,
}).partial();

export const configuredCollector = z.strictObject({
  scrapeIntervalSeconds: whole(1, 300), retry: flag, queue: z.enum(['none', 'memory', 'persistent']), batching: z.enum(['processor', 'queue']), handover: flag,
}).partial();

export const configuredStrategy = z.enum(allocationStrategies);

/** In place of a size that a claim's platform gives to the node of this name. */
export const configuredNodeSizes = z.record(tenantName, z.strictObject({
  memoryMiB: whole(1024, 65_536), evictionMiB: whole(0, 1024), othersMiB: whole(0, 65_536),
}).partial());

/** Of the apps, and, beginning with `spans`, what SN-5 looks for a size for. */
export const configuredLoad = z.strictObject({
  requestsPerSecond: whole(1, 1000), pods: whole(1, 10), seconds: whole(1, 600), script: z.string().min(1),
  spansPerSecond: whole(1, 100_000), spanBytes: whole(150, 20_000), outageSeconds: whole(0, 60),
}).partial();

export interface Configured {
  /** As it is shown. */
  readonly file: string;
  readonly versions?: z.infer<typeof configuredVersions>;
  readonly collector?: z.infer<typeof configuredCollector>;
  /** Null: collectors discover targets by themselves. */
  readonly allocator?: { readonly strategy?: z.infer<typeof configuredStrategy> } | null;
  readonly nodeSizes?: z.infer<typeof configuredNodeSizes>;
  readonly load?: z.infer<typeof configuredLoad>;
}

/** Those that a claim about versions pairs. */
const paired: readonly string[] = ['collector', 'allocator', 'operator'];

/**
 * What the file changes of a platform.
 * @param ownVersions whether its claim is about versions, which are then its own
 */
export function configuredPatch(platform: PlatformSpec, { versions = {}, collector = {}, allocator, nodeSizes = {}, load = {} }: Omit<Configured, 'file'>, ownVersions: boolean): PlatformPatch {
  const { spansPerSecond, spanBytes, outageSeconds, ...requests } = load;
  const version = Object.entries(versions).filter(([component]) => !(ownVersions && paired.includes(component))).map(([component, one]) => ({ [component === 'k6' ? 'load' : component]: { version: one } }));
  const said: readonly PlatformPatch[] = [...version, { collector }, ...(allocator === undefined ? [] : [{ allocator }]), { load: requests, sizing: { spansPerSecond, spanBytes, outageSeconds } }];
  const sizes = Object.entries(nodeSizes).filter(([name]) => name in platform.nodeSizes);
  return said.reduce<Record<string, unknown>>((patch, one) => merged(patch, partsOf(platform, one)), sizes.length === 0 ? {} : { nodeSizes: Object.fromEntries(sizes) });
}

/** All that it says, for a person: `versions.collector 0.131.0, allocator.strategy per-node`. */
export function configuredWords({ file: _, ...said }: Configured): string {
  const words = (value: unknown, keys: readonly string[]): readonly string[] => {
    if (value === null || typeof value !== 'object') return value === undefined ? [] : [`${keys.join('.')} ${value === null ? 'none' : String(value)}`];
    return Object.entries(value).flatMap(([key, inner]) => words(inner, [...keys, key]));
  };
  return words(said, []).join(', ');
}

/** The platform as the file has it. */
export function withConfigured(platform: PlatformSpec, patch: PlatformPatch, file: string): PlatformSpec {
  return Object.keys(patch).length === 0 ? platform : patchPlatform(platform, patch, file);
}

/** What of a patch is about parts that a platform has. */
function partsOf(platform: PlatformSpec, patch: PlatformPatch): readonly (readonly [string, unknown])[] {
  return Object.entries(patch).flatMap(([part, inner]) => {
    const there = platform[part as keyof PlatformSpec] ?? null;
    const said = inner === null ? null : Object.fromEntries(Object.entries(inner as object).filter(([, value]) => value !== undefined));
    return there === null || (said && Object.keys(said).length === 0) ? [] : [[part, said] as const];
  });
}

function merged(patch: Readonly<Record<string, unknown>>, parts: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const together = parts.map(([part, inner]) => [part, inner === null ? null : { ...(patch[part] as object | undefined), ...(inner as object) }] as const);
  return { ...patch, ...Object.fromEntries(together) };
}
