import { join, resolve } from 'node:path';
import { customAlphabet } from 'nanoid';
import { readUserConfig } from '../components/collector/user-config-file.ts';
import { PlumblineError } from '../errors.ts';
import type { Installed } from '../platform/installed-spec.ts';
import { noUserConfig, userConfigKey } from '../platform/user-collector.ts';
import { readUserTenants } from '../platform/user-tenants.ts';
import type { ProviderSettings } from '../clusters/settings.ts';
import type { ConfigOnly } from './config-platforms.ts';
import type { RunOptions } from '../runner/options.ts';

/** Flags after settings were settled: their types are what commander's parsers and the configuration's schema made. */
export interface RunFlags extends Omit<ProviderSettings, 'contexts' | 'k3sArgs'>, ConfigOnly {
  readonly provider?: RunOptions['provider'];
  readonly images?: RunOptions['images'];
  readonly context?: readonly string[];
  readonly k3sArg?: readonly string[];
  readonly keep?: RunOptions['keep'];
  readonly grep?: RegExp;
  readonly output?: string;
  readonly failFast?: boolean;
  readonly repeat?: number;
  readonly set?: Readonly<Record<string, string>>;
  readonly tenants?: string;
  readonly binding?: readonly string[];
  /** Of the configuration file alone: it has no flag. */
  readonly installed?: Installed;
}

/** 31 bits: two runs of one machine do not meet. Letters and digits only, for names of links and folders. */
export const newRunId = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 6);

/**
 * What is asked of the runner; makes no folder yet.
 *
 * @throws PlumblineError PL-TENANTS-INVALID, PL-COLLECTOR-CONFIG; PL-USAGE for what an installed platform rules out
 */
export async function runOptions(selectors: readonly string[], flags: RunFlags, command = typedCommand()): Promise<RunOptions> {
  const runId = newRunId();
  refuseBesideInstalled(flags);
  return {
    runId,
    selectors,
    ...(flags.grep === undefined ? {} : { grep: flags.grep }),
    provider: providerOf(flags),
    clusters: clusterSettings(flags),
    images: flags.images ?? 'auto',
    keep: flags.keep ?? 'never',
    outputDir: resolve(flags.output ?? join('plumbline-output', runId)),
    failFast: flags.failFast ?? false,
    repeat: flags.repeat ?? 1,
    set: flags.set ?? {},
    ...(flags.binding === undefined ? {} : { binding: flags.binding }),
    ...await platformOptions(flags),
    command,
  };
}

/** What is said of platforms in files; a flag's file holds in place of what is written in the configuration itself. */
async function platformOptions({ set, tenants: path, configured, inlineCollector, inlineTenants, installed }: RunFlags): Promise<Pick<RunOptions, 'configured' | 'tenants' | 'collectorConfig' | 'installed'>> {
  if (installed) return { installed };
  const named = set?.[userConfigKey];
  const collectorConfig = named === undefined ? inlineCollector : named === noUserConfig ? undefined : await readUserConfig(named);
  const tenants = path === undefined ? inlineTenants && { ...inlineTenants, inline: true as const } : { path, byName: await readUserTenants(path) };
  return { ...(configured ? { configured } : {}), ...(tenants ? { tenants } : {}), ...(collectorConfig ? { collectorConfig } : {}) };
}

/** Who names a platform that runs already names the cluster that it runs in. */
function providerOf({ provider = 'auto', installed }: RunFlags): RunOptions['provider'] {
  return installed && provider === 'auto' ? 'existing' : provider;
}

function refuseBesideInstalled({ provider = 'auto', tenants, inlineTenants, installed }: RunFlags): void {
  if (!installed) return;
  const seen = provider !== 'auto' && provider !== 'existing' ? `--provider ${provider}` : tenants !== undefined ? `--tenants ${tenants}` : inlineTenants && `tenants of ${inlineTenants.path}`;
  if (seen === undefined) return;
  throw new PlumblineError({
    code: 'PL-USAGE', kind: 'usage', expected: 'clusters that are there, and tenants as they are, for `platform.installed` of plumbline.config.yaml', seen,
    next: 'leave that out, or call it from a folder without that file',
  });
}

/** What of the flags says where clusters come from. */
export function clusterSettings({ k3sImage, k3sArg, kindImage, kubeconfig, context, registryPrefix, pushTo }: RunFlags): ProviderSettings {
  return {
    ...(k3sImage === undefined ? {} : { k3sImage }), ...(k3sArg === undefined ? {} : { k3sArgs: k3sArg }), ...(kindImage === undefined ? {} : { kindImage }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: resolve(kubeconfig) }), ...(context === undefined ? {} : { contexts: context }),
    ...(registryPrefix === undefined ? {} : { registryPrefix }), ...(pushTo === undefined ? {} : { pushTo }),
  };
}

/** The command as it was typed, quoted so that it can be pasted into a shell. */
export function typedCommand(words: readonly string[] = process.argv.slice(2)): string {
  return ['./plumbline', ...words.map(shellWord)].join(' ');
}

/** Quoted where a shell would take it for something else. */
export function shellWord(word: string): string {
  return /^[\w./:=@%+,-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
