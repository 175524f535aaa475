import { parse } from 'yaml';
import { backendNames } from '../components/backend.ts';
import { isTenantHeader } from '../platform/installed-spec.ts';
import { backendLimits, tenantName } from '../platform/spec.ts';
import { redact } from './redact.ts';
import { at, isMapping, mappingsIn, textAt } from './seen.ts';
import type { Mapping, Seen } from './seen.ts';

export interface SeenTenants {
  /** Limits by tenant and backend; those with limits first, for the first one is the one that surges. */
  readonly tenants: Readonly<Record<string, Mapping>>;
  readonly from: readonly string[];
  readonly unknown: readonly string[];
}

/** Values of X-Scope-OrgID in exporters' headers. */
export function tenantHeadersIn(config: Mapping): readonly string[] {
  return mappingsIn(config['exporters']).flatMap(({ headers }) => (isMapping(headers) ? Object.entries(headers).flatMap(([name, value]) => (isTenantHeader(name) ? [String(value)] : [])) : []));
}

/** Tenants that collectors write as, and of backends' runtime overrides what limits these have. */
export function tenantsIn(all: readonly Seen[]): SeenTenants {
  const written = all.flatMap(({ from, configurations }) => configurations.flatMap(({ value }) => tenantHeadersIn(value)).map((id) => ({ id, from })));
  const settled = written.flatMap(({ id, from }) => idsOf(id, all).map((one) => ({ id: one, from })));
  const named = Map.groupBy(settled.filter(({ id }) => tenantName.safeParse(id).success), ({ id }) => id);
  const overrides = all.flatMap(overridesOf);
  const limits = [...named.keys()].map((tenant) => [tenant, limitsOf(tenant, overrides)] as const);
  const ids = [...new Set(settled.map(({ id }) => id).filter((id) => !named.has(id)))];
  return {
    tenants: Object.fromEntries(limits.toSorted(([, a], [, b]) => Number(Object.keys(b).length > 0) - Number(Object.keys(a).length > 0))),
    from: [...new Set([...[...named.values()].flat().map(({ from }) => from), ...overrides.filter(({ tenants }) => limits.some(([name]) => name in tenants)).map(({ from }) => from)])],
    unknown: ids.map((id) => `tenant ${id}: ${id.includes('${') ? 'what is put in there when the collector starts' : 'namespaces of a run are named after tenants, and this is no name of one (up to 20 of a-z, 0-9 and -)'}`),
  };
}

/** A header's value; of a variable what containers are given as it, which differs from tenant to tenant. */
function idsOf(value: string, all: readonly Seen[]): readonly string[] {
  const [, name] = /^\$\{(?:env:)?([A-Za-z_]\w*)\}$/.exec(value) ?? [];
  if (name === undefined) return [value];
  const given = all.flatMap(({ value: object }) => mappingsIn(object)).filter((one) => one['name'] === name && typeof one['value'] === 'string').map((one) => String(one['value']));
  return given.length === 0 ? [value] : [...new Set(given)];
}

interface Overrides {
  readonly from: string;
  readonly backend: (typeof backendNames)[number];
  readonly tenants: Mapping;
}

/** Runtime overrides in a ConfigMap whose name, or whose namespace's, says which backend's they are. */
function overridesOf({ from, value }: Seen): readonly Overrides[] {
  const data = at(value, 'data');
  const named = `${textAt(value, 'metadata', 'name')} ${textAt(value, 'metadata', 'namespace')}`;
  const backend = backendNames.find((name) => named.includes(name));
  if (textAt(value, 'kind') !== 'ConfigMap' || !isMapping(data) || !backend) return [];
  return Object.values(data).flatMap((text) => {
    const tenants = at(yamlOf(text), 'overrides');
    return isMapping(tenants) ? [{ from, backend, tenants }] : [];
  });
}

function yamlOf(text: unknown): unknown {
  try {
    return typeof text === 'string' && text.includes('overrides') ? parse(text, { merge: true }) : undefined;
  } catch {
    return undefined; // it is no configuration of a backend then
  }
}

function limitsOf(tenant: string, overrides: readonly Overrides[]): Mapping {
  const own = overrides.flatMap(({ backend, tenants }) => (isMapping(tenants[tenant]) ? [[backend, redact(tenants[tenant]).value] as const] : []));
  const parsed = backendLimits.safeParse(Object.fromEntries(own));
  return parsed.success ? parsed.data : {};
}
