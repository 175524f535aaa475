import type { KubeClient } from '../clusters/kubernetes.ts';
import { backendNames } from '../components/backend.ts';
import type { Backend } from '../components/backend.ts';
import { collectorOtlpUrl } from '../components/collector/manifests.ts';
import type { LimitsByTenant } from '../components/limits-recipe.ts';
import { senderImage } from '../components/sender/image.ts';
import { senderDeployment } from '../components/sender/manifests.ts';
import type { Backends } from './backends.ts';
import { clusterOfTenant } from './clusters.ts';
import { putLimits } from './limits.ts';
import { clientOf, imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { senderNamespace, sideNamespace } from './platform.ts';
import type { Tenant } from './platform.ts';
import { reachable } from './reachable.ts';
import { startTenantCollectors } from './tenant-collectors.ts';
import type { OtherWays } from './tenant-collectors.ts';

/** A tenant's id in the backends: its name, and the side that it belongs to. */
export function tenantId(side: string, tenant: string): string {
  return `${tenant}.${side}`;
}

/** Starts every tenant's collectors and sender, and puts its limits in force. */
export async function startTenants(deployment: Deployment, tenants: readonly Tenant[], backends: Backends, ways: OtherWays): Promise<void> {
  // By client: two names may mean one cluster, where a user gives the same context for both.
  const clusters = Map.groupBy(tenants, (one) => one.client);
  await Promise.all([
    ...[...clusters.values()].map((own) => startCluster(deployment, backends, own, ways)),
    ...backendNames.map((name) => putTenantLimits(deployment, name, backends[name], tenants)),
  ]);
}

/** A side's tenants in the file's order, and where they will be reached. */
export function tenantsOf(deployment: Deployment): readonly Tenant[] {
  const { runId, spec, name: side } = deployment;
  const namespace = sideNamespace(runId, side);
  const clientOfTenant = (name: string): KubeClient => clientOf(deployment, clusterOfTenant(spec, name));
  return Object.entries(spec.tenants).map(([name, { taggedAs = name, limits }]) => {
    const client = clientOfTenant(name);
    const neighbours = Object.keys(spec.tenants).filter((other) => clientOfTenant(other) === client);
    return {
      name, id: tenantId(side, name), flowPrefix: tenantId(side, name), taggedAs: tenantId(side, taggedAs), limits, namespace, client,
      collectorUrl: collectorOtlpUrl(namespace, neighbours.indexOf(name)),
      senderNamespace: senderNamespace(runId),
    };
  });
}

/** One sender a cluster for the whole run, and one DaemonSet of collectors for this side's tenants there. */
async function startCluster(deployment: Deployment, backends: Backends, tenants: readonly Tenant[], ways: OtherWays): Promise<void> {
  const [first] = tenants;
  if (!first) return;
  const { runId, images } = deployment;
  const { client, senderNamespace: namespace } = first;
  const sender = { runId, namespace, image: imageReference(images, senderImage()) };
  await start(client, [namespaceObject(runId, namespace), ...senderDeployment(sender)], deployment);
  await Promise.all([
    ready({ client, namespace, kind: 'Deployment', name: 'sender' }, deployment),
    startTenantCollectors(deployment, tenants, backends, ways),
  ]);
  const { gate, jaeger } = ways;
  const gates = gate ? tenants.flatMap((one) => Object.values(gate.otlpUrls(one.name))) : [];
  const urls = [...tenants.map((one) => one.collectorUrl), ...gates, ...[...Object.values(backends), ...(jaeger ? [jaeger] : [])].flatMap(({ url, otlpUrl }) => [url, otlpUrl])];
  await reachable({ client, namespace }, deployment.name, [...new Set(urls)], deployment);
}

async function putTenantLimits({ runId, signal, note }: Deployment, name: (typeof backendNames)[number], backend: Backend | undefined, tenants: readonly Tenant[]): Promise<void> {
  const limited = tenants.filter((one) => one.limits[name] !== undefined);
  if (limited.length === 0 || !backend) return;
  const changes: LimitsByTenant = Object.fromEntries(limited.map((one) => [one.id, one.limits[name] ?? {}]));
  await putLimits({ name, backend, runId }, changes, { signal, note });
}
