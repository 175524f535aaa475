import { listedVersions } from '../builds/lock/listed.ts';
import type { Listed } from '../builds/lock/listed.ts';
import { buildState } from '../builds/build.ts';
import { userLocksDir } from '../builds/versions.ts';
import type { Versioned } from '../components/versioned.ts';
import { exitCodes } from '../errors.ts';
import { builtBefore } from '../images/build-source.ts';
import { table } from '../reports/plan-text.ts';
import { duration, styleOf } from '../reports/style.ts';
import type { Style } from '../reports/style.ts';

export interface ListFlags {
  readonly available?: boolean;
  readonly json?: boolean;
  readonly color?: boolean;
}

/** A version as `versions list --json` prints it. */
export interface VersionState {
  readonly component: string;
  readonly version: string;
  /** Whose lock it has; null: none, though the module proxy lists the version. */
  readonly lock: 'plumbline' | 'user' | null;
  /** Parts that it was locked without: they could not be had. */
  readonly without: readonly string[];
  /** Whether its image is in the cache, or what that is made from. */
  readonly built: boolean;
  /** Of a build here; null without a lock. */
  readonly usualSeconds: number | null;
}

/** What `versions list --json` prints. */
export interface VersionList {
  readonly versions: readonly VersionState[];
  /** Components whose further versions could not be asked for, and why. */
  readonly unlisted: readonly { readonly component: string; readonly reason: string }[];
}

/** Prints the versions of components; asks the network only with --available. */
export async function listVersions(components: readonly Versioned[], flags: ListFlags): Promise<number> {
  const list = await findVersions(components, flags.available === true ? listedVersions : undefined);
  const style = styleOf(process.stdout, flags.color ?? true);
  process.stdout.write(flags.json === true ? `${JSON.stringify(list, undefined, 2)}\n` : versionsText(list, style));
  return exitCodes.kept;
}

export async function findVersions(components: readonly Versioned[], ask?: (module: string) => Promise<Listed>): Promise<VersionList> {
  const versions: VersionState[] = [];
  const unlisted: { component: string; reason: string }[] = [];
  for (const component of components) {
    const locked = component.versions();
    const listed: Listed = ask && component.lockable ? await ask(component.lockable.module) : { versions: [] };
    if ('reason' in listed) unlisted.push({ component: component.name, reason: listed.reason });
    const further = 'versions' in listed ? listed.versions.filter((version) => !locked.includes(version)) : [];
    versions.push(...await Promise.all(locked.map((version) => stateOf(component, version))));
    versions.push(...further.map((version) => ({ component: component.name, version, lock: null, without: [], built: false, usualSeconds: null })));
  }
  return { versions, unlisted };
}

async function stateOf({ name, image, leftOut }: Versioned, version: string): Promise<VersionState> {
  const recipe = image(version);
  const { build } = recipe;
  // Without the tools nothing is known of the cache: then it would have to be built.
  const state = await buildState(build).catch(() => ({ cached: false, usualMs: build.usualSeconds * 1000 }));
  const built = state.cached || (await builtBefore(recipe)) !== undefined;
  const lock = 'lockDir' in build && build.lockDir.startsWith(userLocksDir(name)) ? 'user' : 'plumbline';
  return { component: name, version, lock, without: leftOut?.(version) ?? [], built, usualSeconds: Math.round(state.usualMs / 1000) };
}

export function versionsText({ versions, unlisted }: VersionList, style: Style): string {
  const rows = versions.map((one) => [one.component, one.version, one.lock ?? 'not locked', stateText(one)]);
  const notes = unlisted.map(({ component, reason }) => `${component}: its further versions are not listed (${reason}); \`plumbline versions add ${component} <version>\` finds out whether one can be had.`);
  return `${[table(['component', 'version', 'lock', 'build'], rows, style), ...notes].join('\n')}\n`;
}

function stateText({ lock, built, usualSeconds, without }: VersionState): string {
  if (lock === null) return 'listed by the module proxy';
  const state = built ? 'built' : `usually takes ${duration((usualSeconds ?? 0) * 1000)}`;
  return without.length > 0 ? `${state}; without ${without.join(', ')}` : state;
}
