import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse, stringify } from 'yaml';
import { takeConfig } from '../components/collector/user-config-take.ts';
import type { ReadConfig } from '../components/collector/user-config-file.ts';
import { lastCause } from '../errors.ts';
import type { Configured } from '../platform/configured.ts';
import { allocationStrategies } from '../platform/scrape-spec.ts';
import { strategyIn } from '../platform/user-allocator.ts';
import type { UserTenants } from '../platform/user-tenants.ts';
import type { Config } from './config.ts';
import { shortPath } from './output.ts';
import { configProblem, placeOf } from './config-file.ts';
import type { ConfigFile } from './config-file.ts';

/** What a configuration file says that no flag does. */
export interface ConfigOnly {
  readonly configured?: Configured;
  /** A collector's configuration that is written in the file itself. */
  readonly inlineCollector?: ReadConfig;
  /** Tenants that are written in the file itself. */
  readonly inlineTenants?: { readonly path: string; readonly byName: UserTenants };
}

/** @throws PlumblineError PL-CONFIG-VALUE for an allocator's file without a strategy, PL-COLLECTOR-CONFIG for a configuration that cannot be taken over */
export async function configOnly(config: Config, file: ConfigFile): Promise<ConfigOnly> {
  const { versions, nodeSizes, load, tenants } = config;
  const { config: collectorConfig, ...collector } = config.collector ?? {};
  const allocator = await allocatorOf(config, file);
  const configured = { ...(versions ? { versions } : {}), ...(Object.keys(collector).length > 0 ? { collector } : {}), ...(allocator === undefined ? {} : { allocator }), ...(nodeSizes ? { nodeSizes } : {}), ...(load ? { load } : {}) };
  return {
    ...(Object.keys(configured).length > 0 ? { configured: { file: shortPath(file.path), ...configured } } : {}),
    ...(typeof collectorConfig === 'object' ? { inlineCollector: inlineCollector(collectorConfig, placeOf(file, ['collector', 'config'])) } : {}),
    ...(typeof tenants === 'object' ? { inlineTenants: { path: file.path, byName: tenants } } : {}),
  };
}

/** Nothing but the strategy is taken of an allocator's own configuration: what it is to find is the run's. */
async function allocatorOf({ allocator }: Config, file: ConfigFile): Promise<Configured['allocator']> {
  if (allocator === undefined || allocator === null) return allocator;
  const { config, strategy } = allocator;
  const said = strategy ?? (config === undefined ? undefined : strategyIn(typeof config === 'string' ? await readYaml(config, file) : config));
  if (config !== undefined && said === undefined) {
    const seen = `${placeOf(file, ['allocator', 'config'])}: no such strategy in ${typeof config === 'string' ? config : 'it'}`;
    throw configProblem('PL-CONFIG-VALUE', `allocation_strategy of an allocator's file, or allocationStrategy of its resource: ${allocationStrategies.join(', ')}`, seen, file.path, 'say it beside the file: allocator: {strategy: per-node}');
  }
  return said === undefined ? undefined : { strategy: said };
}

async function readYaml(path: string, file: ConfigFile): Promise<unknown> {
  try {
    return parse(await readFile(path, 'utf8'), { merge: true });
  } catch (thrown) {
    throw configProblem('PL-CONFIG-VALUE', 'a YAML file that can be read', `${placeOf(file, ['allocator', 'config'])}: ${path}: ${lastCause(thrown).split('\n')[0]}`, file.path);
  }
}

function inlineCollector(written: object, where: string): ReadConfig {
  const text = stringify(written);
  const { config, notes } = takeConfig(text, where);
  return { config: { file: where, digest: `sha256:${createHash('sha256').update(text).digest('hex')}`, ...config }, notes };
}
