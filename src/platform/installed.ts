import type { KubeClient } from '../clusters/kubernetes.ts';
import { backendNames } from '../components/backend.ts';
import type { BackendName } from '../components/backend.ts';
import { directHttp, serviceAccess } from '../components/backend-access.ts';
import { senderImage } from '../components/sender/image.ts';
import { senderDeployment } from '../components/sender/manifests.ts';
import { startTenantGateway } from '../components/tenant-gateway.ts';
import type { TenantGateway } from '../components/tenant-gateway.ts';
import { trustedAuthorities } from '../run/trust.ts';
import { clusterNamesOf, clusterOfTenant } from './clusters.ts';
import { backendsAnswer, intakesAnswer } from './installed-answers.ts';
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
  const ways = waysToInstalled(installed, client);
  const tenants = installedTenants(deployment, installed);
  await backendsAnswer(ways, tenants, deployment);
  await startSenders(deployment, tenants, ways);
  await intakesAnswer(ways, tenants, deployment);
  const gateway = tenantAdded ? await gatewayBefore(ways, tenants) : undefined;
  return {
    spec, runId, client, namespace: senderNamespace(runId), tenant: '', tenants, intakes: ways.intakes,
    access: { ...ways.access, ...(gateway ? { [gateway.backend]: gateway.access } : {}) }, ...(gateway ? { gateway } : {}),
  };
}

type Ways = Pick<Platform, 'access' | 'intakes'>;

/** Services are asked through the API server, everything else directly; writes are a pod's, which reaches both. */
function waysToInstalled(installed: Installed, client: KubeClient): Ways {
  const http = directHttp();
  const all = backendNames.flatMap((name) => (installed[name] ? [[name, installed[name]] as const] : []));
  return {
    access: Object.fromEntries(all.map(([name, { url, headers }]) => {
      const service = serviceAt(url, installed.clusterDomain);
      return [name, service ? serviceAccess(`${name} at ${url}`, client, service, headers) : { name: `${name} at ${url}`, http, base: url, headers }];
    })),
    intakes: Object.fromEntries(all.flatMap(([name, { otlp, headers }]) => (otlp === undefined ? [] : [[name, { name: `${name} at ${otlp}`, url: otlp, headers }]]))),
  };
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

async function startSenders(deployment: Deployment, tenants: readonly Tenant[], { intakes }: Ways): Promise<void> {
  const { runId, images } = deployment;
  const urls = [...tenants.map((one) => one.collectorUrl), ...Object.values(intakes).map(({ url }) => url)];
  const authorities = urls.some((url) => url.startsWith('https:')) ? trustedAuthorities() : undefined;
  const place = { runId, namespace: senderNamespace(runId), image: imageReference(images, senderImage()) };
  await Promise.all([...new Set(tenants.map(({ client }) => client))].map(async (client) => {
    await start(client, [namespaceObject(runId, place.namespace), ...senderDeployment(place, authorities)], deployment);
    await ready({ client, namespace: place.namespace, kind: 'Deployment', name: 'sender' }, deployment);
  }));
}

async function gatewayBefore({ access }: Ways, [tenant]: readonly Tenant[]): Promise<TenantGateway & { readonly backend: BackendName }> {
  const backend = backendNames.find((name) => access[name] !== undefined);
  const behind = backend && access[backend];
  if (!behind || !tenant) throw new Error('no backend and tenant to put a gateway between');
  return { backend, ...(await startTenantGateway(behind, tenant.id)) };
}
