import type { ProviderName } from '../clusters/provider.ts';
import type { ProviderSettings } from '../clusters/settings.ts';
import type { ReadConfig } from '../components/collector/user-config-file.ts';
import type { Configured } from '../platform/configured.ts';
import type { Installed } from '../platform/installed-spec.ts';
import type { UserTenants } from '../platform/user-tenants.ts';

/** What the verbs `run`, `list` and `up` ask of the runner, after flags, environment and file were weighed. */
export interface RunOptions {
  /** Names the run's things on this machine and its default output folder: six of [a-z0-9]. */
  readonly runId: string;
  /** Claim ids or areas; all claims where empty. */
  readonly selectors: readonly string[];
  readonly grep?: RegExp;
  readonly provider: 'auto' | ProviderName;
  /** What the user says of clusters beside that. */
  readonly clusters: ProviderSettings;
  readonly images: 'auto' | 'registry' | 'build';
  readonly keep: 'never' | 'on-failure' | 'always';
  readonly outputDir: string;
  readonly failFast: boolean;
  /** How often each claim is judged, on the same cluster. */
  readonly repeat: number;
  /** Settings of the claims' platforms, e.g. `collector.version` → `0.128.0`. */
  readonly set: Readonly<Record<string, string>>;
  /** What the configuration file says of platforms; `set` is said later. */
  readonly configured?: Configured;
  /** Claim ids or areas that decide about the run; left out: every claim does. */
  readonly binding?: readonly string[];
  /** The user's own tenants and limits, and the file they come from; `inline`: a configuration file that says more than them. */
  readonly tenants?: { readonly path: string; readonly byName: UserTenants; readonly inline?: true };
  /** The user's own collector configuration, which `set` names. */
  readonly collectorConfig?: ReadConfig;
  /** The user's own platform, in place of the claims' ones; with credentials. */
  readonly installed?: Installed;
  /** As typed, for `reproduce`. */
  readonly command: string;
}
