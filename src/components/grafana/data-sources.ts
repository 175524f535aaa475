import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { BackendName } from '../backend.ts';

/** One tenant's view of one backend. */
export interface DataSource {
  readonly tenantId: string;
  readonly backend: BackendName;
  /** Base URL of the backend's HTTP API, as Backend.url. */
  readonly url: string;
  /** False: provisioned without the tenant's header, as a platform that is wired wrongly has it. */
  readonly header: boolean;
}

const types = { mimir: 'prometheus', loki: 'loki', tempo: 'tempo' } as const;

/** Paths before what each data source asks by itself: `/api/v1/query`, `/loki/api/v1/query_range`, `/api/traces`. */
const paths = { mimir: '/prometheus', loki: '', tempo: '' } as const;

export const datasourcesFile = 'plumbline.yaml';

/** What Grafana refuses to exceed in a uid (pkg/util/shortid_generator.go). */
const uidLength = 40;

/** Grafana's uid of a tenant's data source: `scp-dev-ti-7-mimir`; a tenant's id that is too long ends in a hash of it. */
export function dataSourceUid(tenantId: string, backend: BackendName): string {
  const plain = tenantId.replaceAll(/[^a-zA-Z0-9-]/g, '-');
  const room = uidLength - backend.length - 1;
  const hash = createHash('sha256').update(tenantId).digest('hex').slice(0, 8);
  return `${plain.length <= room ? plain : `${plain.slice(0, room - hash.length - 1)}-${hash}`}-${backend}`;
}

/** The provisioning file. What it no longer names stays in Grafana until that ends. */
export function dataSourcesFile(sources: readonly DataSource[]): string {
  return stringify({ apiVersion: 1, datasources: sources.map(entry) });
}

function entry({ tenantId, backend, url, header }: DataSource): object {
  const uid = dataSourceUid(tenantId, backend);
  return {
    name: uid, uid, orgId: 1, type: types[backend], access: 'proxy', url: `${url}${paths[backend]}`, editable: false,
    ...(header ? { jsonData: { httpHeaderName1: 'X-Scope-OrgID' }, secureJsonData: { httpHeaderValue1: tenantId } } : {}),
  };
}
