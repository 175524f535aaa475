import { allocatorPort } from '../components/allocator/manifests.ts';
import { shopApps } from '../components/apps/manifests.ts';
import type { Backend } from '../components/backend.ts';
import { collectorMetricsPort } from '../components/collector/manifests.ts';
import { grafanaAdmin } from '../components/grafana/config.ts';
import type { KubeClient } from '../clusters/kubernetes.ts';
import { grafanaPassword } from '../platform/grafana.ts';
import { placesOf } from '../platform/platform.ts';
import type { Platform } from '../platform/platform.ts';

/** Where one part of a platform answers. */
export interface Endpoint {
  readonly name: string;
  readonly url: string;
  /** What is worth knowing of it. */
  readonly note?: string;
  /** The command that has to run for the URL to lead anywhere, where pods are not reached from here: words of a shell. */
  readonly forward?: readonly string[];
}

/** A part, and both ways to it. */
interface Part extends Pick<Endpoint, 'name' | 'note'> {
  readonly client: KubeClient;
  readonly namespace: string;
  /** As kubectl names it: `pod/collector-x`. */
  readonly target: string;
  /** Number, or a name of the service's. */
  readonly port: number | string;
  /** `http://10.64.1.2:8888`. */
  readonly direct: string;
  readonly path: string;
}

/** Of this machine, for what is forwarded; the others follow. */
const firstLocalPort = 18_080;

/** @param kubeconfigOf where pods are not reached from here: the kubeconfig of a client's cluster */
export async function endpointsOf(platform: Platform, signal: AbortSignal, kubeconfigOf?: (client: KubeClient) => string): Promise<readonly Endpoint[]> {
  const parts = [...await podParts(platform, signal), ...backendParts(platform)];
  return parts.map(({ name, note, client, namespace, target, port, direct, path }, index) => {
    const shown = { name, ...(note === undefined ? {} : { note }) };
    if (!kubeconfigOf) return { ...shown, url: `${direct}${path}` };
    const local = firstLocalPort + index;
    const forward = ['kubectl', '--kubeconfig', kubeconfigOf(client), '-n', namespace, 'port-forward', target, `${local}:${port}`];
    return { ...shown, url: `http://127.0.0.1:${local}${path}`, forward };
  });
}

async function podParts(platform: Platform, signal: AbortSignal): Promise<readonly Part[]> {
  const { client, namespace, apps } = platform;
  const shown = [
    { app: 'allocator', at: { client, namespace }, port: allocatorPort, path: '/jobs' },
    { app: 'collector', at: { client, namespace }, port: collectorMetricsPort, path: '/metrics' },
    { app: 'storefront', at: apps ?? { client, namespace }, port: shopApps.storefront.port, path: '/checkout?item=book' },
  ] as const;
  const parts = await Promise.all(shown.map(async ({ app, at, port, path }) => (await placesOf(platform, app, signal)).map(({ pod, address }): Part =>
    ({ name: pod, client: at.client, namespace: at.namespace, target: `pod/${pod}`, port, direct: `http://${address}:${port}`, path }))));
  return parts.flat();
}

function backendParts({ runId, mimir, loki, tempo, jaeger, grafana, tenants, tenant }: Platform): readonly Part[] {
  const ids = tenants.length === 0 ? tenant : tenants.map((one) => one.id).join(' or ');
  const part = (name: string, at: Pick<Backend, 'client' | 'namespace' | 'url'> | undefined, note: string, path = ''): Part[] =>
    (at ? [{ name, note, client: at.client, namespace: at.namespace, target: `service/${name}`, port: 'http', direct: at.url, path }] : []);
  const header = `header X-Scope-OrgID: ${ids}`;
  return [
    ...part('mimir', mimir, header, '/prometheus'), ...part('loki', loki, header), ...part('tempo', tempo, header), ...part('jaeger', jaeger, 'keeps no tenants apart'),
    ...part('grafana', grafana, `${grafanaAdmin}, ${grafanaPassword(runId)}`),
  ];
}
