import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { PlumblineError } from '../errors.ts';
import { dataDir } from '../run/paths.ts';

/**
 * Versions of a component are the folders of its locks: adding one is adding a folder. Locks lie in Plumbline's own folder, and in one
 * of the user's, since an installed Plumbline's may not be written; what lies in its own counts where both have a version.
 */

/** Where the user's own locks of a component lie. */
export function userLocksDir(component: string): string {
  return join(dataDir(), 'locks', component);
}

/** The versions that can be built, newest first. @param locksDir those that Plumbline comes with */
export function lockedVersions(component: string, locksDir: string): readonly string[] {
  const all = [locksDir, userLocksDir(component)].flatMap((folder) => versionsIn(folder));
  return [...new Set(all)].sort((a, b) => b.localeCompare(a, undefined, { numeric: true }));
}

/** What begins with a dot is a lock that is being made. */
function versionsIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name);
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
  const own = join(locksDir, version);
  const users = join(userLocksDir(component), version);
  const versions = lockedVersions(component, locksDir);
  if (!versions.includes(version)) return { lockDir: own, unlocked: unknownVersion(component, version, versions) };
  return { lockDir: existsSync(own) ? own : users };
}

function unknownVersion(component: string, version: string, versions: readonly string[]): PlumblineError {
  return new PlumblineError({
    code: 'PL-VERSION-UNKNOWN',
    kind: 'usage',
    expected: `a version of ${component} that has a lock: ${nearestFirst(version, versions).join(', ')}`,
    seen: `${component} ${version}`,
    next: `Choose one of these versions, lock this one (plumbline versions add ${component} ${version}), or take its official image: --images registry.`,
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
