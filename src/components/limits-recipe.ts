import { nearest } from '../run/nearest.ts';
import type { BackendName } from './backend.ts';

/** A tenant's limits: names and values are the backend's own, nested as its overrides file nests them. */
export type TenantLimits = Readonly<Record<string, unknown>>;
export type LimitsByTenant = Readonly<Record<string, TenantLimits>>;

/**
 * Seconds after which a running backend looks at its overrides file again. Upstream's default is 10; two reloads are what a
 * change may take by claim TI-5, and reading a file of a few lines each 2 s costs nothing.
 */
export const reloadSeconds = 2;

/** The overrides file has a folder and a ConfigMap of its own, so that changing it leaves configuration and pod alone. */
export const overridesFolder = '/etc/plumbline-overrides';
export const overridesFile = 'overrides.yaml';

/** How one backend is told the limits of its tenants, and how it says what it has understood. */
export interface LimitsRecipe {
  readonly name: BackendName;
  /** Name of the ConfigMap with the overrides file, in the backend's namespace. */
  readonly overridesConfigMap: string;
  readonly reloadSeconds: number;
  /** The overrides file's text. Tenants without limits are left out; a rate without a burst gets a small one (withBursts). */
  render(byTenant: LimitsByTenant): string;
  /** Path of the backend's HTTP API that says which overrides it has loaded. */
  readonly statePath: string;
  /**
   * Whether that answer shows all these limits of the tenant in force. With no limits asked for: whether the tenant has none of its own.
   * @param answer text of a 200 answer of statePath; one that can't be read shows nothing in force
   */
  inForce(answer: string, tenantId: string, limits: TenantLimits): boolean;
  /** Path of the backend's HTTP API that shows its configuration as it runs. */
  readonly namesPath: string;
  /**
   * Every limit that the running backend takes in an override, by dotted path, with the default in force.
   * Undefined as value: the backend takes the name, and shows no default.
   * @throws Error for an answer that is no configuration
   */
  names(answer: string): ReadonlyMap<string, unknown>;
  /** Path of the backend's metrics, for lastReloadFailed. */
  readonly metricsPath: string;
  /** True where those metrics say that the overrides file was refused; what was in force before it stays in force. */
  lastReloadFailed(metrics: string): boolean;
}

/** A limit that the backend does not know, and the known one that was most likely meant. */
export interface UnknownLimit { readonly name: string; readonly meant: string | undefined }

/**
 * Limits of one tenant that the running backend would refuse, and with them the whole file.
 * @param names what LimitsRecipe.names said; below a name with an empty mapping, keys are free
 */
export function unknownLimits(limits: TenantLimits, names: ReadonlyMap<string, unknown>): readonly UnknownLimit[] {
  const known = [...names.keys()];
  return [...dotted(limits).keys()].filter((path) => !accepts(path, names)).map((name) => ({ name, meant: nearest(name, known) ?? sameLeaf(name, known) }));
}

function accepts(path: string, names: ReadonlyMap<string, unknown>): boolean {
  if (names.has(path)) return true;
  const parents = path.split('.').map((_, index, parts) => parts.slice(0, index).join('.')).filter((parent) => names.has(parent));
  return parents.some((parent) => isEmptyOrHidden(names.get(parent))) || [...names.keys()].some((name) => name.startsWith(`${path}.`));
}

function isEmptyOrHidden(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'object';
}

/** `rate_limit_byte` is far from `ingestion.rate_limit_bytes` as a whole and near its last part. */
function sameLeaf(name: string, known: readonly string[]): string | undefined {
  const leaf = nearest(lastPart(name), known.map(lastPart));
  return known.find((each) => lastPart(each) === leaf);
}

const lastPart = (path: string): string => path.slice(path.lastIndexOf('.') + 1);

/** A nested mapping as dotted paths: `{ingestion: {rate_limit_bytes: 1}}` is `ingestion.rate_limit_bytes`. */
export function dotted(nested: TenantLimits, prefix = ''): Map<string, unknown> {
  const flat = new Map<string, unknown>();
  for (const [key, value] of Object.entries(nested)) {
    if (isFilledMapping(value)) for (const [inner, leaf] of dotted(value, `${prefix}${key}.`)) flat.set(inner, leaf);
    else flat.set(`${prefix}${key}`, value);
  }
  return flat;
}

function isFilledMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0;
}
