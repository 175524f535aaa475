import { tenantExporters } from '../components.ts';
import { isPutIn } from '../configuration.ts';
import type { Component, Configuration } from '../configuration.ts';
import type { Found } from '../finding.ts';
import { entriesOf, scalarAt, valueAt } from '../tree.ts';
import { usedExporters } from './exporters.ts';

const tenantHeader = 'x-scope-orgid';

/** Paths at which Mimir and Loki take what is written; Prometheus has others (`/api/v1/write`, `/api/v1/otlp`). */
const backendPaths = /^\/(otlp|api\/v1\/push|loki\/api\/v1\/push)\/?$/;

const backendNames = /(^|[-_./])(mimir|loki|tempo|cortex)([-_.:/]|$)/i;

/**
 * Exporters to Mimir, Loki or Tempo that name no tenant. A warning: these backends can be run without tenants, which is not to be seen
 * here. Who authenticates is left alone, for there the gateway knows the tenant.
 */
export function tenantHeaderUnset(configuration: Configuration): readonly Found[] {
  return usedExporters(configuration).filter((exporter) => goesToBackend(exporter) && !namesTenant(exporter)).map(({ id, at }) => ({
    rule: 'tenant-header-unset', severity: 'warning', at,
    message: `${id} sends to a backend of tenants without X-Scope-OrgID`,
    fix: 'headers: {X-Scope-OrgID: <tenant>}, or headers_setter where the tenant comes with the data',
  }));
}

function goesToBackend({ id, type, settings }: Component): boolean {
  if (!tenantExporters.has(type)) return false;
  if (type === 'loki' || backendNames.test(id)) return true;
  const endpoints = ['endpoint', 'metrics_endpoint', 'logs_endpoint', 'traces_endpoint'].map((key) => scalarAt(settings, key));
  return endpoints.some((endpoint) => typeof endpoint === 'string' && leadsToBackend(endpoint));
}

function leadsToBackend(endpoint: string): boolean {
  const [, host = '', path = ''] = /^(?:\w+:\/\/)?(?:[^@/]*@)?([^/?]*)([^?]*)/.exec(endpoint) ?? [];
  return backendPaths.test(path) || backendNames.test(host);
}

function namesTenant({ settings }: Component): boolean {
  const headers = valueAt(settings, 'headers');
  // Put in from elsewhere, or a list of names and values: not to be judged here.
  if (['auth', 'tenant', 'tenant_id'].some((key) => valueAt(settings, key) !== undefined) || headers?.kind === 'sequence' || isPutIn(scalarAt(settings, 'headers'))) return true;
  return entriesOf(headers).some(([name, { value }]) => {
    const header = name.toLowerCase();
    return header === 'authorization' || (header === tenantHeader && !(value.kind === 'leaf' && (value.value === null || value.value === '')));
  });
}
