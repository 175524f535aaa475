import type { KubeClient } from '../clusters/kubernetes.ts';
import type { BackendName } from '../components/backend.ts';
import type { OtlpUrls } from '../components/collector/tenant-config.ts';
import { gateImage } from '../components/gate/image.ts';
import { gateDeployment, routePortName } from '../components/gate/manifests.ts';
import { nodeAddress, nodePorts } from './backends.ts';
import type { Backends } from './backends.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import { sideNamespace } from './platform.ts';
import type { GatePlace } from './platform.ts';

/** A gate that listens. */
export interface StartedGate {
  readonly place: GatePlace;
  /** What a tenant's exporters use in place of the backends' own addresses. */
  otlpUrls(tenant: string): OtlpUrls;
}

interface Route {
  readonly name: string;
  readonly tenant: string;
  readonly backend: BackendName;
  /** The backend's own intake. */
  readonly url: URL;
}

/** Name of the route of a tenant's data to a backend. */
export function routeName(tenant: string, backend: BackendName): string {
  return `${tenant}-${backend}`;
}

/** Starts the gate of a side in the backends' cluster, and waits until it is Ready; undefined where the platform has none. */
export async function startGate(deployment: Deployment, client: KubeClient, backends: Backends): Promise<StartedGate | undefined> {
  const { runId, spec, name, images, signal } = deployment;
  if (!spec.gate) return undefined;
  const namespace = sideNamespace(runId, name);
  const routes = Object.keys(spec.tenants).flatMap((tenant) => Object.entries(backends).map(([backend, { otlpUrl }]): Route =>
    ({ name: routeName(tenant, backend as BackendName), tenant, backend: backend as BackendName, url: new URL(otlpUrl) })));
  const image = imageReference(images, gateImage());
  await start(client, [
    namespaceObject(runId, namespace), ...gateDeployment({ runId, namespace, image }, routes.map((route) => ({ name: route.name, target: route.url.origin }))),
  ], deployment);
  await ready({ client, namespace, kind: 'Deployment', name: 'gate' }, deployment);
  const [node, ports] = await Promise.all([nodeAddress(client, signal), nodePorts(client, namespace, 'gate', signal)]);
  const urls = routes.map(({ tenant, backend, url }, index) => ({ tenant, backend, url: `http://${node}:${ports.get(routePortName(index))}${pathOf(url)}` }));
  return {
    place: { client, namespace },
    otlpUrls: (wanted) => Object.fromEntries(urls.filter(({ tenant }) => tenant === wanted).map(({ backend, url }) => [backend, url])),
  };
}

/** A URL without a path has `/` for one, which exporters would double. */
function pathOf({ pathname }: URL): string {
  return pathname === '/' ? '' : pathname;
}
