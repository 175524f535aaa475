import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { ReadConfig } from '../components/collector/user-config-file.ts';
import { configuredPatch, withConfigured } from '../platform/configured.ts';
import type { Configured } from '../platform/configured.ts';
import { patchOf, patchPlatform, readPatch, readPatches, readPlatform, setInPlatform } from '../platform/platform-file.ts';
import type { Installed } from '../platform/installed-spec.ts';
import type { PlatformPatch, PlatformSpec } from '../platform/spec.ts';
import { userConfigKey, withUserConfig } from '../platform/user-collector.ts';
import { renamedFor, withUserTenants } from '../platform/user-tenants.ts';
import type { UserTenants } from '../platform/user-tenants.ts';
import type { Claim } from './claim.ts';
import { installedPlatform } from './installed.ts';

/** One platform on which a claim's check runs. */
export interface Side {
  readonly role: 'claim' | 'twin' | 'measured';
  /** DNS label, unique in the run; namespace and tenant are named after it. */
  readonly name: string;
  readonly spec: PlatformSpec;
}

/** What a run changes of its claims' platforms. */
export interface SideOptions {
  readonly settings: Readonly<Record<string, string>>;
  /** What a configuration file says of platforms; settings are said later. */
  readonly configured?: Configured;
  readonly tenants?: UserTenants;
  /** The user's own collector configuration, in place of the seed's. */
  readonly collectorConfig?: ReadConfig['config'];
  /** The user's own platform, in place of the claim's. */
  readonly installed?: Installed;
  /** Which time of a repeated claim this is, from 1. */
  readonly round?: number;
}

/**
 * A claim's sides in the order in which they run: the claim's own platform, its twin, its cells. `--tenants`, the configuration file and
 * `--set`, in this order, change the claim's own platform; the twin is that platform with its one thing wrong. A user's collector configuration holds until a setting or
 * a patch says something else.
 * @throws PlumblineError of a malformed platform, patch or setting
 */
export async function sidesOf(claim: Claim, { settings, installed, round = 1, ...options }: SideOptions): Promise<readonly Side[]> {
  const name = `${claim.id.toLowerCase()}${round > 1 ? `-r${round}` : ''}`;
  const [ownTenants, patch] = [await readPlatform(claim.platform), await readPatch(claim.twin.patch)];
  const tenants = installed ? Object.fromEntries(Object.keys(installed.tenants).map((tenant) => [tenant, {}])) : options.tenants;
  const withTenants = installed ? installedPlatform(installed, ownTenants) : tenants ? withUserTenants(ownTenants, tenants) : ownTenants;
  const fromFile = installed ? {} : configuredPatch(withTenants, options.configured ?? {}, claim.ownVersions === true);
  const own = setInPlatform(withConfigured(withTenants, fromFile, options.configured?.file ?? ''), settings);
  const twin = patchPlatform(own, tenants ? renamedFor(ownTenants, tenants, patch) : patch, fileURLToPath(claim.twin.patch));
  const cells = claim.cells ? await readCells(claim.cells, own) : [];
  const configured = (spec: PlatformSpec, ...patches: readonly PlatformPatch[]): PlatformSpec =>
    withUserConfig(spec, options.collectorConfig, [fromFile, ...patchesOf(settings), ...patches]);
  return [
    { role: 'claim', name, spec: configured(own) },
    { role: 'twin', name: `${name}-twin`, spec: configured(twin, patch) },
    ...cells.map((cell, index): Side => ({ role: 'measured', name: `${name}-cell-${index + 1}`, spec: configured(cell.spec, cell.patch) })),
  ];
}

/** What tells one cell of a matrix from another: versions of components, and what is not in its place in the pipelines. */
export function cellVersions({ allocator, targets, collector: { version, misplaced } }: PlatformSpec): Record<string, string> {
  const through = targets === null || targets.through === 'scrape-configs' ? {} : { through: targets.through };
  return { ...(allocator ? { allocator: allocator.version } : {}), collector: version, ...(misplaced ? { misplaced } : {}), ...through };
}

interface Cell {
  readonly spec: PlatformSpec;
  readonly patch: PlatformPatch;
}

async function readCells(file: URL, own: PlatformSpec): Promise<readonly Cell[]> {
  const patches = await readPatches(file);
  return patches.map((patch, index) => ({ patch, spec: patchPlatform(own, patch, `${fileURLToPath(file)}, entry ${index + 1}`) }));
}

function patchesOf(settings: Readonly<Record<string, string>>): readonly PlatformPatch[] {
  return Object.entries(settings).filter(([key]) => key !== userConfigKey).map(([key, value]) => patchOf(key, value));
}

/** Whether a twin differs from its claim in nothing but empty mappings, which a patch leaves where it takes something away. */
export function twinIsTheSame([own, twin]: readonly Side[]): boolean {
  return isDeepStrictEqual(withoutEmpty(own?.spec), withoutEmpty(twin?.spec));
}

function withoutEmpty(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, withoutEmpty(inner)] as const);
  const kept = entries.filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
