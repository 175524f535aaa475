import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PlumblineError } from '../errors.ts';

/** Versions of a component are the folders of its locks: adding one is adding a folder. */

/** The versions that can be built, newest first. */
export function lockedVersions(locksDir: string): readonly string[] {
  return readdirSync(locksDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
}

/** What a version is built from. */
export interface Lock {
  /** Where its lock is, or would be. */
  readonly lockDir: string;
  /** PL-VERSION-UNKNOWN, for whoever would build it: an official image needs no lock. */
  readonly unlocked?: PlumblineError;
}

/** The lock of a component's version; without one, the error lists the versions that can be built, nearest first. */
export function lockOf(component: string, version: string, locksDir: string): Lock {
  const lockDir = join(locksDir, version);
  const versions = lockedVersions(locksDir);
  return versions.includes(version) ? { lockDir } : { lockDir, unlocked: unknownVersion(component, version, versions) };
}

function unknownVersion(component: string, version: string, versions: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-VERSION-UNKNOWN',
    kind: 'usage',
    expected: `a version of ${component} that has a lock: ${nearestFirst(version, versions).join(', ')}`,
    seen: `${component} ${version}`,
    next: 'Choose one of these versions, add a lock for another one (docs/builds.md), or take its official image: --images registry.',
  });
}

export function nearestFirst(version: string, versions: readonly string[]): readonly string[] {
  return [...versions].sort((a, b) => distance(version, a) - distance(version, b));
}

/** A step of the major number is further than any of the minor, and that than any of the patch. */
function distance(one: string, other: string): number {
  const [a, b] = [numbers(one), numbers(other)];
  return [1e8, 1e4, 1].reduce((sum, weight, index) => sum + weight * Math.abs((a[index] ?? 0) - (b[index] ?? 0)), 0);
}

function numbers(version: string): number[] {
  return version.replace(/^v/, '').split(/[.-]/, 3).map((part) => Math.min(Number.parseInt(part, 10) || 0, 9999));
}
