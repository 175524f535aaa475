import type { KubernetesObject, V1ServicePort } from '@kubernetes/client-node';
import { configMap, memoryResources, mountConfig } from './kit.ts';
import { labels } from './labels.ts';
import { overridesFile, overridesFolder } from './limits-recipe.ts';
import type { LimitsByTenant, LimitsRecipe } from './limits-recipe.ts';
import type { Place } from './place.ts';

/** What the manifests of one backend do not share with the others'. */
export interface BackendShape {
  readonly name: string;
  /** In place of the image's entry point, where upstream's is no plain program. */
  readonly command?: readonly string[];
  /** Container's arguments; its configuration is in /etc/plumbline, its overrides in /etc/plumbline-overrides. */
  readonly args: readonly string[];
  /** Files of /etc/plumbline. */
  readonly files: Readonly<Record<string, string>>;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly ready: { readonly path: string; readonly port: number };
  /** MiB: what it takes idle, for the scheduler, and what it may take at most. */
  readonly memoryMi: { readonly request: number; readonly limit: number };
  readonly env?: Readonly<Record<string, string>>;
  /** ConfigMaps that are mounted beside the configuration and change while the pod runs: name to folder. */
  readonly live?: Readonly<Record<string, string>>;
  /** Seconds between SIGTERM and the kill: state on an emptyDir dies with the pod, so there is nothing to save. */
  readonly graceSeconds?: number;
}

/** Share of the memory limit at which Go collects harder instead of growing into the kill. */
const softShare = 0.85;

/** A Deployment of one pod with its state on the pod's disk, its configuration, and node ports for other clusters. */
export function backendDeployment(place: Place, shape: BackendShape): KubernetesObject[] {
  const app = labels(place.runId, shape.name);
  const meta = { name: shape.name, namespace: place.namespace, labels: app };
  return [
    configMap(meta, { ...shape.files }),
    { apiVersion: 'v1', kind: 'Service', metadata: meta, spec: { type: 'NodePort', selector: app, ports: shape.ports.map(servicePort) } } as KubernetesObject,
    {
      apiVersion: 'apps/v1', kind: 'Deployment', metadata: meta,
      spec: {
        // A second pod beside the first would be a second ring of one; the old one goes first.
        replicas: 1, strategy: { type: 'Recreate' }, selector: { matchLabels: app },
        template: { metadata: { labels: app }, spec: podSpec(place.image, shape) },
      },
    } as KubernetesObject,
  ];
}

function podSpec(image: string, shape: BackendShape): object {
  const { limit } = shape.memoryMi;
  const env = { GOMEMLIMIT: `${Math.floor(limit * softShare)}MiB`, ...shape.env };
  const live = Object.entries(shape.live ?? {});
  return {
    automountServiceAccountToken: false, enableServiceLinks: false, terminationGracePeriodSeconds: shape.graceSeconds ?? 2,
    containers: [{
      name: shape.name, image, imagePullPolicy: 'IfNotPresent', ...(shape.command ? { command: shape.command } : {}), args: shape.args,
      env: Object.entries(env).map(([name, value]) => ({ name, value })),
      ports: shape.ports.map(({ name, port }) => ({ name, containerPort: port })),
      readinessProbe: { httpGet: shape.ready, periodSeconds: 1 },
      resources: memoryResources(shape.memoryMi, 50),
      volumeMounts: [mountConfig.mount, { name: 'data', mountPath: '/data' }, ...live.map(([name, mountPath]) => ({ name, mountPath }))],
    }],
    volumes: [mountConfig.volume(shape.name), { name: 'data', emptyDir: {} }, ...live.map(([name]) => ({ name, configMap: { name } }))],
  };
}

function servicePort({ name, port }: { name: string; port: number }): V1ServicePort {
  return { name, port, targetPort: port };
}

/**
 * The ConfigMap with a backend's overrides file. It is no part of the backend's deployment: whoever applies that again, for
 * the next side, must not take away the limits of the tenants that are there. The pod does not start without it.
 */
export function overridesObject(place: Pick<Place, 'runId' | 'namespace'>, recipe: LimitsRecipe, byTenant: LimitsByTenant): KubernetesObject {
  const meta = { name: recipe.overridesConfigMap, namespace: place.namespace, labels: labels(place.runId, recipe.name) };
  return configMap(meta, { [overridesFile]: recipe.render(byTenant) });
}

/** For `live`: where a backend finds its overrides file. */
export function overridesMount(recipe: LimitsRecipe): Record<string, string> {
  return { [recipe.overridesConfigMap]: overridesFolder };
}
