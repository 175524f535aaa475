import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { z } from 'zod';
import { noUserConfig, userConfigKey } from '../platform/user-collector.ts';
import { configProblem, parseFile } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';
import { configSchema } from './config-schema.ts';
import { schemaProblem } from './config-problem.ts';

export const configNames = ['plumbline.config.yaml', 'plumbline.config.ts'] as const;

export type Config = z.infer<typeof configSchema>;

/** The configuration file that holds for a folder: its own, else the nearest above it. @throws PlumblineError PL-CONFIG-TWO */
export function findConfig(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const [path, other] = configNames.map((name) => join(at, name)).filter((one) => existsSync(one));
    if (path !== undefined && other !== undefined) throw configProblem('PL-CONFIG-TWO', 'one configuration file in a folder', `${path} and ${other}`, path, 'remove one of the two');
    if (path !== undefined || dirname(at) === at) return path;
  }
}

/** @throws PlumblineError PL-CONFIG-READ, PL-CONFIG-YAML, PL-CONFIG-TYPESCRIPT */
export async function openConfig(path: string): Promise<ConfigFile> {
  return path.endsWith('.ts') ? (await import('./config-typescript.ts')).importFile(path) : parseFile(path);
}

/**
 * What a configuration file says; files that it names become absolute, relative to it.
 * @throws PlumblineError PL-CONFIG-UNKNOWN-KEY or PL-CONFIG-VALUE, with file and line
 */
export function configIn(file: ConfigFile): Config {
  const parsed = configSchema.safeParse(file.values || {}, { reportInput: true });
  if (!parsed.success) throw schemaProblem(file, parsed.error.issues[0]);
  return withAbsolutePaths(parsed.data, dirname(file.path));
}

function withAbsolutePaths(config: Config, folder: string): Config {
  const absolute = <T>(value: T): T => (typeof value === 'string' ? resolve(folder, value) as T : value);
  const named = config.set?.[userConfigKey] ?? (typeof config.collector?.config === 'string' ? config.collector.config : undefined);
  const { output, tenants, kubeconfig, allocator, load, set } = config;
  return {
    ...config,
    ...(output === undefined ? {} : { output: absolute(output) }), ...(tenants === undefined ? {} : { tenants: absolute(tenants) }),
    ...(kubeconfig === undefined ? {} : { kubeconfig: absolute(kubeconfig) }),
    ...(allocator?.config === undefined ? {} : { allocator: { ...allocator, config: absolute(allocator.config) } }),
    ...(load?.script === undefined ? {} : { load: { ...load, script: absolute(load.script) } }),
    // It is settled with `--set`, whose key it is.
    ...(named === undefined ? {} : { set: { ...set, [userConfigKey]: named === noUserConfig ? named : absolute(named) } }),
  };
}
