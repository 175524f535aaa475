import { stringify } from 'yaml';
import { backendNames } from '../backend.ts';
import type { BackendName } from '../backend.ts';
import { besideParts } from './beside.ts';
import type { Besides } from './beside.ts';
import { compositionOf } from './composition.ts';
import type { Composition } from './composition.ts';
import { collectorMetricsPort } from './manifests.ts';
import { otlpPorts } from './otlp-ports.ts';
import { ownMetrics, usualDelivery } from './pipeline.ts';
import type { Delivery } from './pipeline.ts';
import { balancingExporter } from './sampling-config.ts';
import type { Balancing } from './sampling-config.ts';
import type { UserConfig } from './user-config.ts';

/** OTLP/HTTP base URLs by backend. */
export type OtlpUrls = Readonly<Partial<Record<BackendName, string>>>;

/** A tenant whose data a collector takes, tags and sends. */
export interface CollectedTenant {
  readonly name: string;
  /** X-Scope-OrgID of all that it sends. */
  readonly id: string;
  /** In place of all tenants' ones, e.g. those of a gate. */
  readonly otlpUrls?: OtlpUrls;
  /** Its spans go to samplers, which send them on, and not to Tempo. */
  readonly balancing?: Balancing | undefined;
}

export interface TenantCollectorSettings extends Besides {
  /** Tenants of one cluster; each has a receiver on ports of its own, and exporters of its own: `otlphttp/mimir-scp-dev`. */
  readonly tenants: readonly CollectedTenant[];
  /** As Backend.otlpUrl; a signal whose backend is missing has no pipeline, and its receiver answers 404. */
  readonly otlpUrls: OtlpUrls;
  /** Left out: the seed's. */
  readonly delivery?: Delivery;
  /** In place of the seed's processors, and of how its exporters send. */
  readonly user?: UserConfig | undefined;
}

const signals = { mimir: 'metrics', loki: 'logs', tempo: 'traces' } as const;

/** Component id of a tenant's exporter to a backend: what its metrics and log lines are told apart by. */
export function exporterName(backend: BackendName, tenant: string): string {
  return `otlphttp/${backend}-${tenant}`;
}

/** The collector of a cluster's tenants: OTLP in, all three signals out, each to its backend and tagged with its tenant's id. */
export function tenantCollectorConfig({ tenants, otlpUrls, delivery = usualDelivery, user, ...besides }: TenantCollectorSettings): string {
  const composition = compositionOf(delivery, user);
  const { processorsOf, extensions } = composition;
  const routes = tenants.flatMap((tenant, index) => backendNames.flatMap((backend) => {
    const url = (tenant.otlpUrls ?? otlpUrls)[backend];
    return url === undefined ? [] : [{ tenant, index, backend, receiver: `otlp/${tenant.name}`, ...exporterOf(tenant, backend, url, composition) }];
  }));
  const beside = besideParts(besides, processorsOf, (backend, tenant) => (otlpUrls[backend] === undefined ? undefined : exporterName(backend, tenant)));
  return stringify({
    extensions,
    receivers: { ...Object.fromEntries(routes.map(({ receiver, index }) => [receiver, otlpReceiver(index)])), ...beside.receivers },
    processors: { ...composition.processors, ...beside.processors },
    exporters: Object.fromEntries(routes.map(({ exporter, settings }) => [exporter, settings])),
    service: {
      extensions: Object.keys(extensions),
      telemetry: ownMetrics(collectorMetricsPort),
      pipelines: {
        ...Object.fromEntries(routes.map(({ backend, tenant, receiver, exporter }) => [`${signals[backend]}/${tenant.name}`, { receivers: [receiver], processors: processorsOf(signals[backend]), exporters: [exporter] }])),
        ...beside.pipelines,
      },
    },
  }, { aliasDuplicateObjects: false });
}

function exporterOf({ name, id, balancing }: CollectedTenant, backend: BackendName, url: string, composition: Composition): { readonly exporter: string; readonly settings: object } {
  if (balancing && backend === 'tempo') return { exporter: `loadbalancing/${backend}-${name}`, settings: balancingExporter(balancing) };
  return { exporter: exporterName(backend, name), settings: composition.exporterOf(signals[backend], url, id) };
}

function otlpReceiver(index: number): object {
  const { http, grpc } = otlpPorts(index);
  return { protocols: { grpc: { endpoint: `0.0.0.0:${grpc}` }, http: { endpoint: `0.0.0.0:${http}` } } };
}
