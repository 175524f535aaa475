import type { Command, Option } from 'commander';
import type { Config } from './config.ts';
import { expression } from './options.ts';

/** What a variable may hold to say no: a shell has no other way. */
const no = new Set(['', '0', 'false', 'no', 'off']);

/**
 * Settles each option of a verb after commander has read flags and variables: flag > variable > configuration file >
 * default. `set` is settled key by key: what a flag does not name, the file still sets.
 */
export function settle(verb: Command, config: Config, env: NodeJS.ProcessEnv = process.env): void {
  for (const option of verb.options) {
    if (option.isBoolean() || option.negate) obeyNo(verb, option, env);
    const source = verb.getOptionValueSource(option.attributeName());
    const value = fromConfig(config, option);
    if (value === undefined) continue;
    if (option.attributeName() === 'set') verb.setOptionValueWithSource('set', { ...config.set, ...verb.getOptionValue('set') }, source ?? 'config');
    else if (source === undefined || source === 'default') verb.setOptionValueWithSource(option.attributeName(), value, 'config');
  }
}

/** commander takes any value of a boolean's variable for yes; PLUMBLINE_QUIET=0 means no. */
function obeyNo(verb: Command, option: Option, env: NodeJS.ProcessEnv): void {
  const name = option.attributeName();
  if (option.envVar === undefined || verb.getOptionValueSource(name) !== 'env') return;
  if (no.has((env[option.envVar] ?? '').toLowerCase())) verb.setOptionValueWithSource(name, option.negate, 'env');
}

/** Flags of `size` whose key in the file is one of `load`, as platforms have it. */
const keysOfLoad = { load: 'spansPerSecond', 'span-bytes': 'spanBytes', outage: 'outageSeconds' } as const;

/** Where in the file a flag's value is. */
export function keysOf(option: Option): readonly string[] {
  const key = (option.negate ? option.long?.replace('--no-', '') : option.long?.replace('--', '')) ?? '';
  return key in keysOfLoad ? ['load', keysOfLoad[key as keyof typeof keysOfLoad]] : [key];
}

function fromConfig(config: Config, option: Option): unknown {
  const [key = '', inner] = keysOf(option);
  const value: unknown = inner === undefined ? config[key as keyof Config] : config.load?.[inner as keyof typeof config.load];
  // Written in the file itself, tenants are no file's name (config-platforms.ts).
  if (key === 'tenants' && typeof value !== 'string') return undefined;
  return key === 'grep' && typeof value === 'string' ? expression(value) : value;
}
