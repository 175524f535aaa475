import type { KubernetesObject } from '@kubernetes/client-node';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { shopDatabase } from '../components/apps/database.ts';
import { ordersImage, shopDatabaseImage, storefrontImage } from '../components/apps/images.ts';
import { shopApp, shopApps } from '../components/apps/manifests.ts';
import type { ShopApp } from '../components/apps/manifests.ts';
import { javaAgentImage, nodeInstrumentationImage } from '../components/instrumentation/images.ts';
import { agentEnv } from '../components/instrumentation/settings.ts';
import { injectAnnotation, instrumentationResource } from '../components/operator/resources.ts';
import { appsCluster } from './clusters.ts';
import { refuseUninjected } from './injection.ts';
import { startOperator } from './operator.ts';
import { countedNodes, imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { sideAppsNamespace } from './platform.ts';
import type { Apps, Tenant } from './platform.ts';
import { injectionWorks } from './webhooks.ts';

const agents = { storefront: 'nodejs', orders: 'java' } as const;

/** What the names of the pair without annotation end with. */
export const plainSuffix = '-plain';

/**
 * Starts a side's apps with their database, and waits until they are Ready; undefined where the platform has none. The operator has
 * to be there before: it looks at pods only while they are made.
 */
export async function startApps(deployment: Deployment, tenant: Tenant | undefined): Promise<Apps | undefined> {
  const { runId, spec, name } = deployment;
  if (!spec.apps || !tenant) return undefined;
  const { client } = tenant;
  const namespace = sideAppsNamespace(runId, name);
  const nodes = countedNodes(deployment, appsCluster(spec));
  await start(client, [namespaceObject(runId, namespace), ...database(deployment, namespace)], deployment);
  if (spec.apps.injected) {
    await start(client, [instrumentation(deployment, namespace, tenant)], deployment);
    await injectionWorks({ client, namespace, runId }, deployment);
  }
  await startPair(deployment, { client, namespace, nodes }, '');
  // One pair after the other: neither starts on what the other leaves of two cores.
  if (spec.apps.plainBeside) await startPair(deployment, { client, namespace, nodes }, plainSuffix);
  const url = (suffix: string): string => `http://storefront${suffix}.${namespace}.svc.cluster.local:${shopApps.storefront.port}`;
  return { client, namespace, tenant, url: url(''), ...(spec.apps.plainBeside ? { plainUrl: url(plainSuffix) } : {}) };
}

function database({ runId, images }: Deployment, namespace: string): KubernetesObject[] {
  return shopDatabase({ runId, namespace, image: imageReference(images, shopDatabaseImage()) });
}

function instrumentation({ runId, images, spec }: Deployment, namespace: string, tenant: Tenant): KubernetesObject {
  const { common, nodejs } = agentEnv({ logs: spec.apps?.logs === 'agents' });
  return instrumentationResource({ runId, namespace, name: 'shop' }, {
    endpoint: tenant.collectorUrl, propagators: spec.apps?.propagators ?? [], env: common,
    java: { image: imageReference(images, javaAgentImage(spec.apps?.javaAgent)) }, nodejs: { image: imageReference(images, nodeInstrumentationImage()), env: nodejs },
  });
}

interface PairPlace { readonly client: KubeClient; readonly namespace: string; readonly nodes: readonly string[] }

/** Storefront on the first node and orders on the last, so that a request crosses the network and two nodes' collectors hear of it. */
async function startPair(deployment: Deployment, { client, namespace, nodes }: PairPlace, suffix: string): Promise<void> {
  const { runId, images, spec } = deployment;
  const objects = (app: ShopApp, node: string | undefined): KubernetesObject[] => {
    const image = imageReference(images, app === 'orders' ? ordersImage() : storefrontImage());
    return shopApp({ runId, namespace, image }, app, {
      name: `${app}${suffix}`, ...(node === undefined ? {} : { node }),
      ...(spec.apps?.injected && suffix === '' ? { annotations: { [injectAnnotation(agents[app])]: 'true' } } : {}),
      ...(app === 'storefront' ? { env: { ORDERS_URL: `http://orders${suffix}:${shopApps.orders.port}` } } : {}),
    });
  };
  await start(client, [...objects('storefront', nodes[0]), ...objects('orders', nodes.at(-1))], deployment);
  const refuse = refuseUninjected(await startOperator(deployment, client));
  await Promise.all((['storefront', 'orders'] as const).map((app) => ready({ client, namespace, kind: 'Deployment', name: `${app}${suffix}`, refuse }, deployment)));
}
