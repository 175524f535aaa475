import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkLock } from '../builds/lock/check.ts';
import { lockFailure } from '../builds/lock/failure.ts';
import { listedVersions } from '../builds/lock/listed.ts';
import { makeLock } from '../builds/lock/lock.ts';
import type { LockOptions } from '../builds/lock/lock.ts';
import { isTree } from '../builds/recipe.ts';
import { nearestFirst, userLocksDir } from '../builds/versions.ts';
import { PlumblineError } from '../errors.ts';
import { packageRoot } from '../run/paths.ts';
import type { Lockable, Versioned } from './versioned.ts';

export type LockableComponent = Versioned & { readonly lockable: Lockable };

/** Where a new lock goes. @param here into this checkout, in place of the user's own folder @throws PlumblineError PL-LOCKS-UNWRITABLE where this is no checkout */
export function lockFolder({ name, lockable }: LockableComponent, version: string, here: boolean, root: string = packageRoot): string {
  if (!here) return join(userLocksDir(name), version);
  if (existsSync(join(root, '.git'))) return join(lockable.locksDir, version);
  throw new PlumblineError({
    code: 'PL-LOCKS-UNWRITABLE', kind: 'usage', expected: 'a clone of Plumbline for --here to write into', seen: `${root}, which is none`,
    next: 'Leave out --here: the lock then goes to a folder of yours.',
  });
}

/**
 * Locks a version and checks the lock; answers its folder, or undefined where the version was locked already.
 *
 * @throws PlumblineError PL-VERSION-UNAVAILABLE with the versions nearest to it, PL-CHECKSUM-UNKNOWN, PL-LOCK-FAILED,
 *   PL-LOCKS-UNWRITABLE, PL-GO-MISSING; then nothing of it is left
 */
export async function lockVersion(component: LockableComponent, version: string, options: LockOptions & { readonly here?: boolean }): Promise<string | undefined> {
  if (component.versions().includes(version)) return undefined;
  const folder = lockFolder(component, version, options.here ?? false);
  try {
    await makeLock(folder, options, async (draft, tools) => {
      await component.lockable.write(draft, version, tools);
      const { build } = component.image(version);
      if (!isTree(build)) await checkLock({ ...build, lockDir: draft }, { ...options, go: tools.go });
    });
    return folder;
  } catch (thrown) {
    options.signal.throwIfAborted();
    const listed = await listedVersions(component.lockable.module);
    const near = (versions: readonly string[]): readonly string[] => nearestFirst(version, versions.filter((one) => one !== version));
    const instead = { locked: near(component.versions()), listed: near('versions' in listed ? listed.versions : []), parts: component.lockable.parts ?? [] };
    const { without = [], skipChecksumsOf } = options;
    throw lockFailure({ component: component.name, version, ...instead, without, skipChecksumsOf }, thrown);
  }
}
