import { customAlphabet } from 'nanoid';
import { restGoCache } from '../builds/go-cache.ts';
import { lockVersion } from '../components/lock-version.ts';
import type { LockableComponent } from '../components/lock-version.ts';
import { versioned } from '../components/versioned.ts';
import type { Versioned } from '../components/versioned.ts';
import { PlumblineError, exitCodes } from '../errors.ts';
import { buildSource } from '../images/build-source.ts';
import { duration, styleOf } from '../reports/style.ts';
import type { RunContext } from '../run/context.ts';
import { nearest } from '../run/nearest.ts';
import { interruptible } from './interrupt.ts';
import { shortPath } from './output.ts';
import { asPlumblineError, errorText } from './show-error.ts';

export interface AddFlags {
  readonly here?: boolean;
  readonly build?: boolean;
  readonly without?: readonly string[];
  readonly skipChecksumsOf?: string;
  readonly color?: boolean;
}

const newId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 6);

/**
 * Locks versions one after the other. One that cannot be had does not keep the others; the exit code is then that of the last error.
 *
 * @throws PlumblineError PL-COMPONENT-NOT-LOCKABLE, PL-PART-UNKNOWN
 */
export async function addVersions(component: Versioned, wanted: readonly string[], flags: AddFlags): Promise<number> {
  const lockable = lockableOf(component);
  refuseUnknownParts(lockable, flags.without ?? []);
  using interrupt = interruptible(process, process.stderr);
  let exitCode: number = exitCodes.kept;
  for (const version of wanted) {
    try {
      await addVersion(lockable, version, flags, interrupt.signal);
    } catch (thrown) {
      if (interrupt.signal.aborted) return exitCodes.interrupted;
      const error = asPlumblineError(thrown, undefined);
      process.stderr.write(errorText(error, styleOf(process.stderr, flags.color ?? true)));
      exitCode = error.exitCode;
    }
  }
  // What the versions shared was kept between their builds.
  if (flags.build === true) await restGoCache();
  return exitCode;
}

async function addVersion(component: LockableComponent, version: string, { here = false, build = false, without = [], skipChecksumsOf }: AddFlags, signal: AbortSignal): Promise<void> {
  const context: RunContext = { id: newId(), dir: '', emit: () => undefined, signal };
  const name = `${component.name} ${version}`;
  const skipped = skipChecksumsOf === undefined ? {} : { skipChecksumsOf };
  const [folder, lockMs] = await timed(() => lockVersion(component, version, { signal, runId: context.id, here, without, ...skipped }));
  process.stdout.write(folder === undefined ? `${name} is locked already\n` : `${name} locked in ${duration(lockMs)}: ${shortPath(folder)}\n`);
  if (!build) return;
  const step = { note: () => undefined, cached: () => undefined };
  const [image, buildMs] = await timed(() => buildSource().provide(component.image(version), context, step));
  process.stdout.write(`${name} built in ${duration(buildMs)}: ${image.reference}\n`);
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  const started = performance.now();
  return [await work(), performance.now() - started];
}

function lockableOf(component: Versioned): LockableComponent {
  const { lockable } = component;
  if (lockable) return { ...component, lockable };
  const names = versioned.filter((one) => one.lockable).map((one) => one.name);
  throw new PlumblineError({
    code: 'PL-COMPONENT-NOT-LOCKABLE', kind: 'usage', expected: `one of ${names.join(', ')}, whose modules bear the component's version`, seen: component.name,
    next: 'docs/builds.md says how its versions are locked.',
  });
}

function refuseUnknownParts({ name, lockable: { parts = [] } }: LockableComponent, without: readonly string[]): void {
  const unknown = without.find((part) => !parts.includes(part));
  if (unknown === undefined) return;
  throw new PlumblineError({
    code: 'PL-PART-UNKNOWN', kind: 'usage', expected: parts.length === 0 ? `no --without: ${name} is locked as a whole` : `parts of ${name}: ${parts.join(', ')}`,
    seen: unknown, next: parts.length === 0 ? 'Leave out --without.' : `--without ${nearest(unknown, parts) ?? parts[0]}`,
  });
}
