import type { KubeClient } from '../clusters/kubernetes.ts';
import { backendNames } from '../components/backend.ts';
import type { Backend } from '../components/backend.ts';
import { collectorOtlpUrl, tenantCollectors } from '../components/collector/manifests.ts';
import { tenantCollectorConfig } from '../components/collector/tenant-config.ts';
import type { LimitsByTenant } from '../components/limits-recipe.ts';
import { senderImage } from '../components/sender/image.ts';
import { senderDeployment } from '../components/sender/manifests.ts';
import type { Backends } from './backends.ts';
import { clusterNamesOf, clusterOfTenant } from './clusters.ts';
import { putLimits } from './limits.ts';
import { clientOf, imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { sideNamespace } from './platform.ts';
import { reachable } from './reachable.ts';
import type { Tenant } from './platform.ts';

/** A tenant's id in the backends: its name, and the side that it belongs to. */
export function tenantId(side: string, tenant: string): string {
  return `${tenant}.${side}`;
}

/** Starts every tenant's collectors and sender, puts its limits in force, and answers the tenants in the file's order. */
export async function startTenants(deployment: Deployment, backends: Backends): Promise<readonly Tenant[]> {
  const tenants = tenantsOf(deployment);
  const clusters = clusterNamesOf(deployment.spec).map((cluster) => tenants.filter((one) => clusterOfTenant(deployment.spec, one.name) === cluster));
  await Promise.all([
    ...clusters.map((own) => startCluster(deployment, backends, own)),
    ...backendNames.map((name) => putTenantLimits(deployment, name, backends[name], tenants)),
  ]);
  return tenants;
}

function tenantsOf(deployment: Deployment): readonly Tenant[] {
  const { runId, spec, name: side } = deployment;
  const namespace = sideNamespace(runId, side);
  return Object.entries(spec.tenants).map(([name, { taggedAs = name, limits }]) => {
    const cluster = clusterOfTenant(spec, name);
    const neighbours = Object.keys(spec.tenants).filter((other) => clusterOfTenant(spec, other) === cluster);
    return {
      name, id: tenantId(side, name), taggedAs: tenantId(side, taggedAs), limits, namespace, client: clientOf(deployment, cluster),
      collectorUrl: collectorOtlpUrl(namespace, neighbours.indexOf(name)),
      senderNamespace: `pl-${runId}-sender`,
    };
  });
}

/** One sender a cluster for the whole run, and one DaemonSet of collectors for this side's tenants there. */
async function startCluster(deployment: Deployment, backends: Backends, tenants: readonly Tenant[]): Promise<void> {
  const [first] = tenants;
  if (!first) return;
  const { runId, images, spec } = deployment;
  const { client, namespace, senderNamespace } = first;
  const image = imageReference(images, { component: 'collector', version: spec.collector.version });
  const otlpUrls = Object.fromEntries(Object.entries(backends).map(([name, backend]) => [name, backend.otlpUrl]));
  const config = tenantCollectorConfig({ tenants: tenants.map((one) => ({ name: one.name, id: one.taggedAs })), otlpUrls });
  await start(client, [
    namespaceObject(runId, senderNamespace), ...senderDeployment({ runId, namespace: senderNamespace, image: imageReference(images, senderImage()) }),
    namespaceObject(runId, namespace), ...tenantCollectors({ runId, namespace, image }, config, tenants.length),
  ], deployment);
  await Promise.all([
    ready({ client, namespace: senderNamespace, kind: 'Deployment', name: 'sender' }, deployment),
    ready({ client, namespace, kind: 'DaemonSet', name: 'collector' }, deployment),
  ]);
  const urls = [...tenants.map((one) => one.collectorUrl), ...Object.values(backends).flatMap(({ url, otlpUrl }) => [url, otlpUrl])];
  await reachable({ client, namespace: senderNamespace }, deployment.name, [...new Set(urls)], deployment);
}

async function putTenantLimits({ runId, signal, note }: Deployment, name: (typeof backendNames)[number], backend: Backend | undefined, tenants: readonly Tenant[]): Promise<void> {
  const limited = tenants.filter((one) => one.limits[name] !== undefined);
  if (limited.length === 0 || !backend) return;
  const changes: LimitsByTenant = Object.fromEntries(limited.map((one) => [one.id, one.limits[name] ?? {}]));
  await putLimits({ name, backend, runId }, changes, { signal, note });
}

/** Clusters, by their clients, in which a side has something: where it is to be removed from. */
export function clientsOf(deployment: Pick<Deployment, 'clients'>): readonly KubeClient[] {
  return [...new Set(deployment.clients.values())];
}
