import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { closest } from 'fastest-levenshtein';
import { apply as mergePatch } from 'json-merge-patch';
import { parse, YAMLParseError } from 'yaml';
import { PlumblineError } from '../errors.ts';
import { platformSpec } from './spec.ts';
import type { PlatformPatch, PlatformSpec } from './spec.ts';
import { userConfigKey } from './user-collector.ts';

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
    const settable = platform.installed ? installedKeys : settableKeys;
    if (!settable.includes(key)) {
      throw new PlumblineError({
        code: 'PL-SET-UNKNOWN', kind: 'usage', expected: `one of ${settable.join(', ')}`, seen: `--set ${key}=${value}`,
        next: platform.installed ? 'of a platform that is there already, nothing else is set' : `did you mean --set ${closest(key, settable)}=${value}?`,
      });
    }
    // It names a file, whose content is put into platforms by itself.
    if (key !== userConfigKey) patched = patchPlatform(patched, patchOf(key, value), `--set ${key}=${value}`);
  }
  return patched;
}

/** What one setting of the command line changes. */
export function patchOf(key: string, value: string): PlatformPatch {
  return nest(key.split('.'), scalar(value));
}

export const settableKeys = [
  'nodes', 'spareNodes', 'collector.version', 'collector.scrapeIntervalSeconds', 'collector.targetPollSeconds', 'allocator', 'allocator.version', 'allocator.strategy',
  'collector.retry', 'collector.queue', 'collector.batching', 'collector.handover', 'collector.mode', 'collector.replicas', userConfigKey, 'operator', 'operator.version',
  'sizing.spansPerSecond', 'sizing.spanBytes', 'sizing.outageSeconds',
  'load.version', 'load.pods', 'load.requestsPerSecond', 'load.seconds', 'load.script',
  'targets.pods', 'targets.portsEach', 'targets.through', 'mimir.version', 'loki.version', 'tempo.version', 'jaeger.version', 'grafana.version',
];

export const installedKeys = ['installed.deliverySeconds'];

function nest(path: readonly string[], value: unknown): PlatformPatch {
  const [head = '', ...rest] = path;
  return { [head]: rest.length === 0 ? value : nest(rest, value) };
}

/** YAML would read 0.131 as a number; only whole numbers, null and truth values are not strings here. */
function scalar(value: string): unknown {
  if (['null', 'true', 'false'].includes(value)) return JSON.parse(value);
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
