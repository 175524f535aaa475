import type { ReadConfig } from '../components/collector/user-config-file.ts';
import type { PlatformPatch, PlatformSpec } from './spec.ts';

/** What names the file of a user's own collector configuration among a platform's settings. */
export const userConfigKey = 'collector.config';

/** Takes the name back that a configuration file of Plumbline's gives. */
export const noUserConfig = 'null';

/**
 * The platform with a user's configuration in its tenants' collectors, where it has any. It holds in place of what the platform's file says
 * of processors and exporters, pipelines of its own among them; what was said later holds in place of either, or a twin would be no other
 * platform than its claim.
 * @param config left out: the pipelines that the platform's file says, if it does
 * @param later patches on that platform: what `--set` says, and what is wrong with a twin
 */
export function withUserConfig(platform: PlatformSpec, config: ReadConfig['config'] | undefined, later: readonly PlatformPatch[]): PlatformSpec {
  const written = config ?? platform.collector.config;
  if (!written || Object.keys(platform.tenants).length === 0 || platform.installed) return platform;
  const said = [...new Set(later.flatMap(({ collector }) => leavesOf(collector)))].filter((path) => !path.startsWith('config.'));
  return { ...platform, collector: { ...platform.collector, config: { ...written, said } } };
}

/** `{queue: none, memory: {limiter: none}}` says `queue` and `memory.limiter`. */
function leavesOf(patch: unknown): readonly string[] {
  if (patch === null || typeof patch !== 'object') return [];
  return Object.entries(patch).flatMap(([key, inner]: readonly [string, unknown]) => {
    const deeper = leavesOf(inner);
    return deeper.length === 0 ? [key] : deeper.map((leaf) => `${key}.${leaf}`);
  });
}
