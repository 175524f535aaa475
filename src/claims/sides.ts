import { fileURLToPath } from 'node:url';
import { patchPlatform, readPatch, readPatches, readPlatform, setInPlatform } from '../platform/spec.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { Claim } from './claim.ts';

/** One platform on which a claim's check runs. */
export interface Side {
  readonly role: 'claim' | 'twin' | 'measured';
  /** DNS label, unique in the run; namespace and tenant are named after it. */
  readonly name: string;
  readonly spec: PlatformSpec;
}

/**
 * A claim's sides in the order in which they run: the claim's own platform, its twin, its cells. `--set` changes the
 * claim's own platform; the twin is that platform with its one thing wrong.
 * @throws PlumblineError of a malformed platform, patch or setting
 */
export async function sidesOf(claim: Claim, settings: Readonly<Record<string, string>>, round = 1): Promise<readonly Side[]> {
  const name = `${claim.id.toLowerCase()}${round > 1 ? `-r${round}` : ''}`;
  const own = setInPlatform(await readPlatform(claim.platform), settings);
  const twin = patchPlatform(own, await readPatch(claim.twin.patch), fileURLToPath(claim.twin.patch));
  const cells = claim.cells ? await readCells(claim.cells, own) : [];
  return [
    { role: 'claim', name, spec: own },
    { role: 'twin', name: `${name}-twin`, spec: twin },
    ...cells.map((spec, index): Side => ({ role: 'measured', name: `${name}-cell-${index + 1}`, spec })),
  ];
}

/** The component versions that tell one cell of a matrix from another. */
export function cellVersions(spec: PlatformSpec): Record<string, string> {
  return { ...(spec.allocator ? { allocator: spec.allocator.version } : {}), collector: spec.collector.version };
}

async function readCells(file: URL, own: PlatformSpec): Promise<readonly PlatformSpec[]> {
  const patches = await readPatches(file);
  return patches.map((patch, index) => patchPlatform(own, patch, `${fileURLToPath(file)}, entry ${index + 1}`));
}
