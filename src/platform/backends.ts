import type { KubernetesObject } from '@kubernetes/client-node';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { get, json } from '../clusters/kube-api.ts';
import { addressOf, nodesOf, takesPods } from '../clusters/nodes.ts';
import { serviceAccess } from '../components/backend-access.ts';
import type { Backend, BackendName } from '../components/backend.ts';
import { backendNames } from '../components/backend.ts';
import { lokiDeployment, lokiOtlpPath } from '../components/loki/manifests.ts';
import { mimirDeployment, mimirOtlpPath, mimirQueryPath } from '../components/mimir/manifests.ts';
import type { Place } from '../components/place.ts';
import { tempoDeployment } from '../components/tempo/manifests.ts';
import { ensureOverrides } from './overrides.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import type { Platform } from './platform.ts';

export type Backends = Partial<Record<BackendName, Backend>>;

interface BackendRecipe {
  deploy(place: Place, settings: { multitenancy: boolean }): KubernetesObject[];
  /** Where its OTLP intake is: a port of its service, and a path. */
  readonly otlpPort: string;
  readonly otlpPath: string;
  /** Of its query API. */
  readonly queryPath: string;
}

const recipes: Readonly<Record<BackendName, BackendRecipe>> = {
  mimir: { deploy: mimirDeployment, otlpPort: 'http', otlpPath: mimirOtlpPath, queryPath: mimirQueryPath },
  loki: { deploy: lokiDeployment, otlpPort: 'http', otlpPath: lokiOtlpPath, queryPath: '' },
  tempo: { deploy: tempoDeployment, otlpPort: 'otlp-http', otlpPath: '', queryPath: '' },
};

/** How the backends of a run are asked and written to: as services of their cluster, and by node ports. */
export function waysTo(backends: Backends): Pick<Platform, 'access' | 'intakes'> {
  const all = backendNames.flatMap((name) => (backends[name] ? [[name, backends[name]] as const] : []));
  return {
    access: Object.fromEntries(all.map(([name, { client, namespace }]) => [name, serviceAccess(name, client, { namespace, service: name, port: 'http', path: recipes[name].queryPath })])),
    intakes: Object.fromEntries(all.map(([name, { otlpUrl }]) => [name, { name, url: otlpUrl, headers: {} }])),
  };
}

/** Starts the backends that a platform has, side by side, and waits until they are Ready. */
export async function startBackends(deployment: Deployment, client: KubeClient): Promise<Backends> {
  const wanted = backendNames.filter((name) => deployment.spec[name] !== null);
  if (wanted.length === 0) return {};
  const node = await nodeAddress(client, deployment.signal);
  const started = await Promise.all(wanted.map(async (name) => [name, await startBackend(name, deployment, client, node)] as const));
  return Object.fromEntries(started);
}

async function startBackend(name: BackendName, deployment: Deployment, client: KubeClient, node: string): Promise<Backend> {
  const { runId, spec, images, signal } = deployment;
  const { version, multitenancy } = spec[name] ?? { version: '', multitenancy: true };
  const namespace = `pl-${runId}-${name}-${version.replaceAll('.', '-')}${multitenancy ? '' : '-one-tenant'}`;
  await start(client, [namespaceObject(runId, namespace)], deployment);
  const bare = { client, namespace, url: '', otlpUrl: '' };
  const isNew = await ensureOverrides({ name, backend: bare, runId }, signal);
  const { deploy, otlpPort, otlpPath } = recipes[name];
  const startUp = async (): Promise<void> => {
    await start(client, deploy({ runId, namespace, image: imageReference(images, { component: name, version }) }, { multitenancy }), deployment);
    await ready({ client, namespace, kind: 'Deployment', name }, deployment);
  };
  await (isNew ? deployment.step('platform', `${name} ${version}${multitenancy ? '' : ' without tenants'}`, startUp) : startUp());
  const ports = await nodePorts(client, namespace, name, signal);
  return { ...bare, url: `http://${node}:${ports.get('http')}`, otlpUrl: `http://${node}:${ports.get(otlpPort)}${otlpPath}` };
}

/** A node's address: with a node port it reaches a service from every cluster, which a service's own name does not. */
export async function nodeAddress(client: KubeClient, signal: AbortSignal): Promise<string> {
  const [address] = (await nodesOf(client, signal)).filter(takesPods).flatMap((node) => addressOf(node) ?? []);
  if (address === undefined) throw new Error('no node of this cluster takes pods and has an address');
  return address;
}

/** A service's node ports by the names of its ports. */
export async function nodePorts(client: KubeClient, namespace: string, service: string, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const { spec } = json(await get(client, `/api/v1/namespaces/${namespace}/services/${service}`, { signal })) as { spec: { ports: { name: string; nodePort: number }[] } };
  return new Map(spec.ports.map(({ name, nodePort }) => [name, nodePort]));
}
