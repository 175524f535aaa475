import type { Command } from 'commander';
import type { Config } from './config.ts';
import { placeOf } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { shortPath } from './output.ts';
import { keysOf } from './settings.ts';

/** A setting, its value, and where that comes from. */
export interface SettingRow {
  /** As in the file: `versions.collector`. */
  readonly name: string;
  /** Null: it has none. */
  readonly value: unknown;
  /** `--repeat`, `PLUMBLINE_REPEAT`, `plumbline.config.yaml:3` or `default`. */
  readonly origin: string;
}

/** Where commander has each option's value from, and the keys of `--set`, before the file is heeded. */
export interface TypedSources {
  readonly source: ReadonlyMap<string, string | undefined>;
  readonly set: Readonly<Record<string, string>>;
}

export function typedSources(verb: Command): TypedSources {
  const source = new Map(verb.options.map((option) => [option.attributeName(), verb.getOptionValueSource(option.attributeName())]));
  return { source, set: { ...verb.getOptionValue('set') as TypedSources['set'] | undefined } };
}

/** Keys of the file that have rows of their own, or are no flag's. */
const sections = ['versions', 'collector', 'allocator', 'nodeSizes', 'load'] as const;

/** Everything that holds for `run`, in the order of its flags; then what the file says of platforms. */
export function settingRows(verb: Command, { source, set }: TypedSources, config: Config, file: ConfigFile | undefined): readonly SettingRow[] {
  const inFile = (keys: readonly string[]): string => (file === undefined ? 'default' : shortPlace(file, keys));
  const flags = verb.options.filter((option) => !['set', 'json'].includes(option.attributeName())).map((option): SettingRow => {
    const keys = keysOf(option);
    const typed = source.get(option.attributeName());
    const value: unknown = verb.getOptionValue(option.attributeName()) ?? (keys[0] === 'tenants' ? config.tenants : undefined);
    const origin = typed === 'cli' ? option.long ?? '' : typed === 'env' ? option.envVar ?? '' : config[keys[0] as keyof Config] === undefined ? 'default' : inFile(keys);
    return { name: keys.join('.'), value: value instanceof RegExp ? value.source : value ?? null, origin };
  });
  const settled = Object.entries(verb.getOptionValue('set') as Record<string, string> | undefined ?? {}).map(([key, value]): SettingRow => {
    const typed = source.get('set') === 'env' ? 'PLUMBLINE_SET' : '--set';
    const written = (file?.values as Config | undefined)?.set?.[key] !== undefined;
    return { name: `set.${key}`, value, origin: key in set ? typed : inFile(written ? ['set', key] : key.split('.')) };
  });
  // A collector's file has been settled with `--set`.
  const said = sections.flatMap((section) => leaves(config[section], [section])).filter(({ keys, value }) => !(keys.join('.') === 'collector.config' && typeof value === 'string'));
  const installed = config.platform?.installed === undefined ? [] : [{ keys: ['platform', 'installed'], value: 'a platform of your own' }];
  return [...flags, ...settled, ...[...said, ...installed].map(({ keys, value }) => ({ name: keys.join('.'), value, origin: inFile(keys) }))];
}

/** A value for each key; what goes to a component as it is, is one value. */
function leaves(value: unknown, keys: readonly string[]): readonly { readonly keys: readonly string[]; readonly value: unknown }[] {
  if (value === undefined) return [];
  if (value === null || typeof value !== 'object' || keys.at(-1) === 'config') return [{ keys, value }];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...keys, key]));
}

function shortPlace(file: ConfigFile, keys: readonly string[]): string {
  return placeOf({ ...file, path: shortPath(file.path) }, keys);
}
