import { backendNames } from '../components/backend.ts';
import type { BackendName } from '../components/backend.ts';
import { directHttp, serviceAccess } from '../components/backend-access.ts';
import type { BackendAccess } from '../components/backend-access.ts';
import { senderImage } from '../components/sender/image.ts';
import { senderDeployment } from '../components/sender/manifests.ts';
import { startTenantGateway } from '../components/tenant-gateway.ts';
import type { TenantGateway } from '../components/tenant-gateway.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { clusterNamesOf, clusterOfTenant } from './clusters.ts';
import { backendsAnswer, collectorsAnswer } from './installed-answers.ts';
import { serviceAt } from './installed-spec.ts';
import type { Installed } from './installed-spec.ts';
import { clientOf, imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { senderNamespace } from './platform.ts';
import type { Platform, Tenant } from './platform.ts';
import type { PlatformSpec } from './spec.ts';

/**
 * A user's own platform: nothing of it is changed, and of the run there is only a sender beside its collectors. Answers once every
 * backend has answered every tenant, and every collector the sender.
 * @throws PlumblineError PL-INSTALLED-UNREACHABLE, PL-INSTALLED-REFUSED
 */
export async function joinInstalled(deployment: Deployment, { tenantAdded }: NonNullable<PlatformSpec['installed']>): Promise<Platform> {
  const { runId, spec, installed } = deployment;
  if (!installed) throw new Error('nobody said where the installed platform is');
  const client = clientOf(deployment, clusterNamesOf(spec)[0]);
  const access = installedAccess(installed, client);
  const tenants = installedTenants(deployment, installed);
  await backendsAnswer(access, tenants, deployment);
  await startSenders(deployment, tenants);
  await collectorsAnswer(tenants, deployment);
  const gateway = tenantAdded ? await gatewayBefore(access, tenants) : undefined;
  return {
    spec, runId, client, namespace: senderNamespace(runId), tenant: '', tenants,
    access: { ...access, ...(gateway ? { [gateway.backend]: gateway.access } : {}) }, ...(gateway ? { gateway } : {}),
  };
}

function installedAccess(installed: Installed, client: KubeClient): Platform['access'] {
  const http = directHttp();
  return Object.fromEntries(backendNames.flatMap((name): [BackendName, BackendAccess][] => {
    const described = installed[name];
    if (!described) return [];
    const { url, otlp, headers } = described;
    const shown = `${name} at ${url}`;
    const [service, intake] = [url, otlp].map((one) => (one === undefined ? undefined : serviceAt(one, installed.clusterDomain)));
    if (service) return [[name, { ...serviceAccess(shown, client, service, intake), headers }]];
    return [[name, { name: shown, http, base: url, headers, ...(otlp === undefined ? {} : { otlp }) }]];
  }));
}

/** One that the side says is tagged as another sends to that one's collectors. */
function installedTenants(deployment: Deployment, installed: Installed): readonly Tenant[] {
  const { runId, spec, name: side } = deployment;
  return Object.entries(spec.tenants).flatMap(([name, { taggedAs = name }]) => {
    const [own, way] = [installed.tenants[name], installed.tenants[taggedAs]];
    if (!own || !way) return [];
    const sender = { client: clientOf(deployment, clusterOfTenant(spec, taggedAs)), namespace: senderNamespace(runId), senderNamespace: senderNamespace(runId) };
    return [{
      ...sender, name, id: own.id, flowPrefix: `${name}.${side}.${runId}`, headers: own.headers, limits: {},
      taggedAs: way.id, collectorUrl: way.collector, collectorHeaders: way.collectorHeaders,
    }];
  });
}

async function startSenders(deployment: Deployment, tenants: readonly Tenant[]): Promise<void> {
  const { runId, images } = deployment;
  const place = { runId, namespace: senderNamespace(runId), image: imageReference(images, senderImage()) };
  await Promise.all([...new Set(tenants.map(({ client }) => client))].map(async (client) => {
    await start(client, [namespaceObject(runId, place.namespace), ...senderDeployment(place)], deployment);
    await ready({ client, namespace: place.namespace, kind: 'Deployment', name: 'sender' }, deployment);
  }));
}

async function gatewayBefore(access: Platform['access'], [tenant]: readonly Tenant[]): Promise<TenantGateway & { readonly backend: BackendName }> {
  const backend = backendNames.find((name) => access[name] !== undefined);
  const behind = backend && access[backend];
  if (!behind || !tenant) throw new Error('no backend and tenant to put a gateway between');
  return { backend, ...(await startTenantGateway(behind, tenant.id)) };
}
