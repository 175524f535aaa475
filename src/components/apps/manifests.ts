import type { KubernetesObject, V1Container, V1EnvVar, V1PodSpec } from '@kubernetes/client-node';
import { onNode, service } from '../kit.ts';
import { labels } from '../labels.ts';
import type { Place } from '../place.ts';
import { databaseName, databaseUrl } from './database.ts';

/** The shop's two services, and what is theirs alone. */
export const shopApps = {
  storefront: { port: 3000, memory: { request: '64Mi', limit: '256Mi' }, env: { ORDERS_URL: 'http://orders:8080' } },
  // Heap 192 MiB at most. Resident after a start 166 MiB, with the agent 221 MiB.
  orders: { port: 8080, memory: { request: '192Mi', limit: '512Mi' }, env: { DATABASE_URL: databaseUrl, DATABASE_USER: databaseName } },
} as const;

export type ShopApp = keyof typeof shopApps;

export interface ShopAppOptions {
  /** Of deployment, service and `app.kubernetes.io/name`; left out: the app's own. */
  readonly name?: string;
  /** Of the pod template: this is where the operator's annotations go. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Further labels of the pods. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Name of the node that the pod is placed on. */
  readonly node?: string;
  /** Added to the app's own, or in place of them. */
  readonly env?: Readonly<Record<string, string>>;
}

/** One of the shop's services: a Deployment with one pod and its Service. Orders gets ready once the database answers. */
export function shopApp(place: Place, app: ShopApp, options: ShopAppOptions = {}): KubernetesObject[] {
  const { port } = shopApps[app];
  const name = options.name ?? app;
  const own = labels(place.runId, name);
  const metadata = { name, namespace: place.namespace, labels: own };
  const { annotations } = options;
  const template = { metadata: { labels: { ...own, ...options.labels }, ...(annotations ? { annotations } : {}) }, spec: podSpec(place, app, options) };
  return [
    service(metadata, [{ name: 'http', port }], own),
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata,
      spec: { replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: own }, template },
    } as KubernetesObject,
  ];
}

function podSpec(place: Place, app: ShopApp, { node, env }: ShopAppOptions): V1PodSpec {
  return {
    automountServiceAccountToken: false, terminationGracePeriodSeconds: 10,
    ...(node === undefined ? {} : { affinity: onNode(node) }),
    containers: [container(place, app, { ...shopApps[app].env, ...env })],
  };
}

/** No CPU limit: a throttled start would be measured as the agent's. */
function container(place: Place, app: ShopApp, env: Readonly<Record<string, string>>): V1Container {
  const { port, memory } = shopApps[app];
  return {
    name: app, image: place.image, imagePullPolicy: 'IfNotPresent', env: variables(env),
    ports: [{ name: 'http', containerPort: port }],
    readinessProbe: { httpGet: { path: '/healthz', port }, periodSeconds: 1, timeoutSeconds: 5 },
    resources: { requests: { cpu: '50m', memory: memory.request }, limits: { memory: memory.limit } },
  };
}

function variables(env: Readonly<Record<string, string>>): V1EnvVar[] {
  return Object.entries(env).map(([name, value]) => ({ name, value }));
}

