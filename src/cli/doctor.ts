import { providerNames } from '../clusters/provider.ts';
import type { Abilities, ClusterProvider } from '../clusters/provider.ts';
import type { ProviderSettings } from '../clusters/settings.ts';
import { exitCodes } from '../errors.ts';
import { table } from '../reports/plan-text.ts';
import { styleOf } from '../reports/style.ts';
import type { Style } from '../reports/style.ts';
import { clusterProviders } from './providers.ts';
import { clusterSettings } from './run-options.ts';
import type { RunFlags } from './run-options.ts';
import { imageSources } from './image-sources.ts';
import { hostTable } from './host.ts';
import type { Fact } from './host.ts';

/** What the doctor found; `doctor --json` prints it. */
export interface Diagnosis {
  readonly host: readonly Fact[];
  readonly providers: readonly Usable[];
  readonly imageSources: readonly Usable[];
}

export interface Usable {
  readonly name: string;
  readonly usable: boolean;
  /** Why not, or what is worth knowing. */
  readonly findings: readonly string[];
}

/** `plumbline doctor`: exit 0 if at least one provider and one image source can be used, else 3. */
export async function doctor(_words: readonly string[], flags: RunFlags & { readonly json?: boolean; readonly color?: boolean }): Promise<number> {
  const settings = clusterSettings(flags);
  const diagnosis = await diagnose(await clusterProviders(settings), settings);
  const style = styleOf(process.stdout, flags.color ?? true);
  process.stdout.write(flags.json === true ? `${JSON.stringify(diagnosis, undefined, 2)}\n` : diagnosisText(diagnosis, style));
  return verdictOf(diagnosis);
}

export function verdictOf({ providers, imageSources: sources }: Diagnosis): number {
  // A registry to push to is no source of anything.
  const usable = providers.some((each) => each.usable) && sources.some((each) => each.usable && each.name !== 'push-to');
  return usable ? exitCodes.kept : exitCodes.environment;
}

/** Looks at this machine and changes nothing. */
export async function diagnose(providers: readonly ClusterProvider[], settings: ProviderSettings): Promise<Diagnosis> {
  const ordered = providerNames.flatMap((name) => providers.filter((provider) => provider.name === name));
  const able = Promise.all(ordered.map(async (provider) => ({ name: provider.name, abilities: await provider.abilities() })));
  const pulling = able.then((all) => all.filter(({ abilities }) => abilities.usable && abilities.pullsImages).map(({ name }) => name));
  const [host, examined, sources] = await Promise.all([hostTable(), able, imageSources(pulling, settings)]);
  return { host, providers: examined.map(({ name, abilities }) => examine(name, abilities)), imageSources: sources };
}

function examine(name: string, abilities: Abilities): Usable {
  return { name, usable: abilities.usable, findings: [...abilities.findings, ...abilityWords(abilities)] };
}

function abilityWords(abilities: Abilities): string[] {
  const can = [
    abilities.nodeMemory === 'enforced' ? 'nodes of a given memory' : undefined,
    abilities.imageArchives ? 'images from archives' : undefined,
    abilities.pullsImages ? 'images from registries' : undefined,
    abilities.clusters > 1 ? 'several clusters at once' : undefined,
    abilities.podsReachableFromHost ? 'pods reachable from here' : undefined,
  ].filter((word) => word !== undefined);
  const install = abilities.installable.length > 0 ? [`a run would install ${abilities.installable.join(', ')}`] : [];
  return [...install, ...(abilities.usable ? [can.join(', ')] : [])];
}

export function diagnosisText(diagnosis: Diagnosis, style: Style): string {
  const usable = (entries: readonly Usable[]): string[][] => entries.map(({ name, usable: can, findings }) => [name, can ? 'usable' : 'not usable', findings.join('\n') || '-']);
  return [
    table(['host', ''], diagnosis.host.map(({ name, value }) => [name, value]), style),
    table(['provider', '', 'why'], usable(diagnosis.providers), style),
    table(['images', '', 'why'], usable(diagnosis.imageSources), style),
    '',
  ].join('\n\n').trimEnd() + '\n';
}
