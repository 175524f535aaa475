import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { closest } from 'fastest-levenshtein';
import { apply as mergePatch } from 'json-merge-patch';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { PlumblineError } from '../errors.ts';

/** How the allocator hands targets to collectors; the names are its own. */
export const allocationStrategies = ['per-node', 'consistent-hashing', 'least-weighted'] as const;

const limits = z.record(z.string(), z.json());

/** A tenant's runtime overrides by backend. */
export const backendLimits = z.strictObject({ mimir: limits.exactOptional(), loki: limits.exactOptional(), tempo: limits.exactOptional() });

/** DNS labels, since namespaces are named after them. */
export const tenantName = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,18}[a-z0-9])?$/, 'up to 20 of [a-z0-9-]');

const backend = z.strictObject({
  version: z.string(),
  /** False: every write and query is one tenant's, whatever its header says. */
  multitenancy: z.boolean().default(true),
});

/** One environment that shares the backends with others. */
const tenant = z.strictObject({
  /** One of the platform's clusters; left out: its only one. */
  cluster: z.string().optional(),
  /** The tenant whose id this one's collectors write; left out: its own. */
  taggedAs: z.string().optional(),
  /** Runtime overrides by backend; names are the backend's own. */
  limits: backendLimits.default({}),
});

/** The platform that a claim is judged on, as its YAML file says it: what runs in which version and arrangement. */
export const platformSpec = z.strictObject({
  /** Nodes of each cluster; each holds one collector. */
  nodes: z.int().min(1).max(50),
  /** Names of several clusters; backends run in the first. Left out: everything is in one cluster. */
  clusters: z.array(tenantName).min(2).max(5).optional(),
  collector: z.strictObject({
    version: z.string(),
    /** Seconds between two scrapes of a target. */
    scrapeIntervalSeconds: z.int().min(1).max(300).default(15),
  }),
  /** Left out or null: every collector discovers targets by itself, as a DaemonSet without an allocator does. */
  allocator: z.strictObject({ version: z.string(), strategy: z.enum(allocationStrategies) }).nullable().default(null),
  /** Pods with one metrics endpoint each, spread over the nodes. Left out or null: nothing is scraped. */
  targets: z.strictObject({ pods: z.int().min(1).max(500) }).nullable().default(null),
  /** Left out or null: samples go nowhere but the collector's own log. */
  mimir: backend.nullable().default(null),
  loki: backend.nullable().default(null),
  tempo: backend.nullable().default(null),
  grafana: z.strictObject({
    version: z.string(),
    /** A tenant whose data sources are provisioned without the tenant's header. */
    headerMissingFor: z.string().optional(),
  }).nullable().default(null),
  /** Tenants by name, each with collectors of its own for all three signals. The first one is the one that surges. */
  tenants: z.record(tenantName, tenant).default({}),
  /** A limit of Mimir that is multiplied while the platform runs: what TI-5 does. */
  limitChange: z.strictObject({ tenant: z.string(), limit: z.string(), factor: z.number().positive() }).optional(),
  /** What delivery is judged by: `exporter-counters` is the twin that believes the sender. */
  judgedBy: z.enum(['ledger', 'exporter-counters']).default('ledger'),
}).check(references);

export type PlatformSpec = z.infer<typeof platformSpec>;

/** Names that one part of a platform file gives to another must exist there. */
function references({ value, issues }: z.core.ParsePayload<{ clusters?: string[] | undefined; tenants: Record<string, { cluster?: string | undefined; taggedAs?: string | undefined }>; grafana: { headerMissingFor?: string | undefined } | null; limitChange?: { tenant: string } | undefined }>): void {
  const tenants = Object.keys(value.tenants);
  const named = [
    ...Object.entries(value.tenants).flatMap(([name, one]) => [
      { path: ['tenants', name, 'cluster'], name: one.cluster, known: value.clusters ?? [] },
      { path: ['tenants', name, 'taggedAs'], name: one.taggedAs, known: tenants },
    ]),
    { path: ['grafana', 'headerMissingFor'], name: value.grafana?.headerMissingFor, known: tenants },
    { path: ['limitChange', 'tenant'], name: value.limitChange?.tenant, known: tenants },
  ];
  for (const one of named) {
    if (one.name === undefined || one.known.includes(one.name)) continue;
    issues.push({ code: 'custom', path: one.path, input: value, message: `${one.name} is none of ${one.known.join(', ') || 'no names at all'}` });
  }
}

/** A JSON merge patch (RFC 7386) on a platform: the one thing that is different. */
export type PlatformPatch = Readonly<Record<string, unknown>>;

/**
 * Reads a platform file.
 * @throws PlumblineError PL-PLATFORM-INVALID for a file that is not YAML or not a platform.
 */
export async function readPlatform(file: URL): Promise<PlatformSpec> {
  return parsePlatform(await readYaml(file), fileURLToPath(file));
}

/** Reads a merge patch beside a platform; an empty one is refused, for a twin must differ. */
export async function readPatch(file: URL): Promise<PlatformPatch> {
  return asPatch(await readYaml(file), fileURLToPath(file));
}

/** Reads a list of patches, the cells of a matrix; each must differ, like a twin. */
export async function readPatches(file: URL): Promise<readonly PlatformPatch[]> {
  const patches = await readYaml(file);
  if (!Array.isArray(patches)) throw invalid(fileURLToPath(file), 'a list of patches', JSON.stringify(patches));
  return patches.map((patch: unknown, index) => asPatch(patch, `${fileURLToPath(file)}, entry ${index + 1}`));
}

function asPatch(patch: unknown, origin: string): PlatformPatch {
  const isPatch = patch !== null && typeof patch === 'object' && !Array.isArray(patch) && Object.keys(patch).length > 0;
  if (!isPatch) throw invalid(origin, 'a mapping with what is different', JSON.stringify(patch));
  return patch as PlatformPatch;
}

/** The platform with the patch applied; `origin` names the patch in an error. */
export function patchPlatform(platform: PlatformSpec, patch: PlatformPatch, origin: string): PlatformSpec {
  return parsePlatform(mergePatch(structuredClone(platform), structuredClone(patch)), origin);
}

/**
 * Applies `collector.version=0.128.0` style settings of the command line.
 * @throws PlumblineError PL-SET-UNKNOWN for a key that no platform has, with the nearest one.
 */
export function setInPlatform(platform: PlatformSpec, settings: Readonly<Record<string, string>>): PlatformSpec {
  let patched = platform;
  for (const [key, value] of Object.entries(settings)) {
    if (!settableKeys.includes(key)) {
      throw new PlumblineError({
        code: 'PL-SET-UNKNOWN', kind: 'usage', expected: `one of ${settableKeys.join(', ')}`, seen: `--set ${key}=${value}`,
        next: `did you mean --set ${closest(key, settableKeys)}=${value}?`,
      });
    }
    patched = patchPlatform(patched, nest(key.split('.'), scalar(value)), `--set ${key}=${value}`);
  }
  return patched;
}

export const settableKeys = [
  'nodes', 'collector.version', 'collector.scrapeIntervalSeconds', 'allocator', 'allocator.version', 'allocator.strategy',
  'targets.pods', 'mimir.version', 'loki.version', 'tempo.version', 'grafana.version',
];

function nest(path: readonly string[], value: unknown): PlatformPatch {
  const [head = '', ...rest] = path;
  return { [head]: rest.length === 0 ? value : nest(rest, value) };
}

/** YAML would read 0.131 as a number; only whole numbers and null are not strings here. */
function scalar(value: string): unknown {
  if (value === 'null') return null;
  return /^\d+$/.test(value) ? Number(value) : value;
}

function parsePlatform(value: unknown, origin: string): PlatformSpec {
  const parsed = platformSpec.safeParse(value);
  if (parsed.success) return parsed.data;
  const first = parsed.error.issues[0];
  throw invalid(origin, 'a platform', `${first?.path.join('.') ?? ''}: ${first?.message ?? 'not a platform'}`);
}

async function readYaml(file: URL): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (error instanceof YAMLParseError) throw invalid(fileURLToPath(file), 'YAML', error.message, error);
    throw error;
  }
}

function invalid(origin: string, expected: string, seen: string, cause?: unknown): PlumblineError {
  return new PlumblineError({ code: 'PL-PLATFORM-INVALID', kind: 'usage', expected: `${expected} in ${origin}`, seen, next: 'see docs/write-a-claim.md for what a platform file holds', cause });
}
