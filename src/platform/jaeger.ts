import type { KubeClient } from '../clusters/kubernetes.ts';
import { serviceAccess } from '../components/backend-access.ts';
import { jaegerDeployment, jaegerPorts } from '../components/jaeger/manifests.ts';
import { nodeAddress, nodePorts } from './backends.ts';
import { imageReference, namespaceObject, ready, start } from './parts.ts';
import type { Deployment } from './parts.ts';
import type { JaegerPlace } from './platform.ts';

/** Starts Jaeger beside the backends, unless it runs there, and waits until it is Ready; undefined where the platform has none. */
export async function startJaeger(deployment: Deployment, client: KubeClient): Promise<JaegerPlace | undefined> {
  const { runId, spec, images, signal } = deployment;
  if (!spec.jaeger) return undefined;
  const { version, swapTo } = spec.jaeger;
  const namespace = `pl-${runId}-jaeger-${version.replaceAll('.', '-')}`;
  await start(client, [namespaceObject(runId, namespace), ...jaegerDeployment({ runId, namespace, image: imageReference(images, { component: 'jaeger', version }) })], deployment);
  await ready({ client, namespace, kind: 'Deployment', name: 'jaeger' }, deployment);
  const [node, ports] = await Promise.all([nodeAddress(client, signal), nodePorts(client, namespace, 'jaeger', signal)]);
  const url = (port: string): string => `http://${node}:${ports.get(port)}`;
  return {
    client, namespace, url: url(jaegerPorts.query), otlpUrl: url(jaegerPorts.otlpHttp), swapUrl: url(swapTo),
    access: serviceAccess('jaeger', client, { namespace, service: 'jaeger', port: jaegerPorts.query, path: '' }),
  };
}
