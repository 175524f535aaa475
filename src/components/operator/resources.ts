import type { KubernetesObject, V1Affinity, V1DaemonSetUpdateStrategy, V1EnvVar, V1Lifecycle, V1PodSecurityContext, V1Toleration, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { memoryResources } from '../kit.ts';
import type { Memory } from '../kit.ts';
import { labels } from '../labels.ts';

/** The operator's resources, as data. Fields and their defaults: apis/v1beta1 and apis/v1alpha1 of its module. */

interface Named { readonly runId: string; readonly namespace: string; readonly name: string }

export interface AllocatorShape {
  readonly image: string;
  readonly strategy: 'per-node' | 'consistent-hashing' | 'least-weighted';
  /** An account that may look for what is to be scraped; the operator gives its own accounts no rights. */
  readonly serviceAccount: string;
  readonly memory: Memory;
  /** Whether it reads the monitors of its namespace. */
  readonly monitors?: boolean;
}

export interface CollectorShape {
  readonly mode: 'daemonset' | 'deployment' | 'statefulset';
  /** What its pods are known by: `app.kubernetes.io/name`. */
  readonly app: string;
  readonly image: string;
  /** The collector's configuration, parsed. */
  readonly config: object;
  /** Of a deployment or a stateful set. */
  readonly replicas?: number;
  /** MiB; what is left out is not set. */
  readonly memory: Memory;
  /** Milliseconds of a CPU in a second. */
  readonly cpuRequest?: number;
  readonly env?: readonly V1EnvVar[];
  /** In place of those that the operator reads from the configuration, whose names it cuts off until two are the same. */
  readonly ports?: readonly { readonly name: string; readonly port: number }[];
  readonly serviceAccount?: string;
  readonly graceSeconds?: number;
  /** Of a daemon set. */
  readonly updateStrategy?: V1DaemonSetUpdateStrategy;
  readonly lifecycle?: V1Lifecycle;
  readonly podAnnotations?: Readonly<Record<string, string>>;
  readonly affinity?: V1Affinity;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly volumes?: readonly { readonly volume: V1Volume; readonly mount: V1VolumeMount }[];
  readonly podSecurityContext?: V1PodSecurityContext;
  readonly tolerations?: readonly V1Toleration[];
  readonly allocator?: AllocatorShape;
  /** Name of a TargetAllocator resource that its targets come from, in place of an allocator of its own. */
  readonly allocatorNamed?: string;
}

/** A collector that hangs is started anew, one that a busy machine keeps waiting is not; the defaults are 1 s and three times. */
const livenessProbe = { timeoutSeconds: 5, failureThreshold: 6 };

/** Links a collector to a TargetAllocator of its namespace. */
const allocatorLabel = 'opentelemetry.io/target-allocator';

/** An OpenTelemetryCollector. Its pods bear its labels, but for `managed-by`, which becomes the operator. */
export function collectorResource({ runId, namespace, name }: Named, shape: CollectorShape): KubernetesObject {
  const { mode, app, image, config, allocator, allocatorNamed, volumes = [], env, ports = [] } = shape;
  const optional = {
    replicas: shape.replicas, env, serviceAccount: shape.serviceAccount, podAnnotations: shape.podAnnotations, affinity: shape.affinity,
    nodeSelector: shape.nodeSelector, tolerations: shape.tolerations, podSecurityContext: shape.podSecurityContext, terminationGracePeriodSeconds: shape.graceSeconds,
    daemonSetUpdateStrategy: shape.updateStrategy, lifecycle: shape.lifecycle,
  };
  return {
    apiVersion: 'opentelemetry.io/v1beta1', kind: 'OpenTelemetryCollector',
    metadata: { name, namespace, labels: { ...labels(runId, app), ...(allocatorNamed === undefined ? {} : { [allocatorLabel]: allocatorNamed }) } },
    spec: {
      ...Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined)),
      mode, image, config, imagePullPolicy: 'IfNotPresent',
      // The version in the image is what the platform says, not what this operator would have.
      upgradeStrategy: 'none',
      resources: memoryResources(shape.memory, shape.cpuRequest ?? 20), readinessProbe: { periodSeconds: 1 }, livenessProbe,
      ports: ports.map((one) => ({ name: one.name, port: one.port, targetPort: one.port, protocol: 'TCP' })),
      volumes: volumes.map(({ volume }) => volume), volumeMounts: volumes.map(({ mount }) => mount),
      ...(allocator ? { targetAllocator: { enabled: true, ...allocatorSpec(allocator, namespace) } } : {}),
    },
  } as KubernetesObject;
}

/** A TargetAllocator of its own. The operator takes any strategy here, but with a DaemonSet's own allocator only `per-node`. */
export function allocatorResource({ runId, namespace, name }: Named, allocator: AllocatorShape): KubernetesObject {
  return {
    apiVersion: 'opentelemetry.io/v1alpha1', kind: 'TargetAllocator', metadata: { name, namespace, labels: labels(runId, 'allocator') },
    spec: allocatorSpec(allocator, namespace),
  } as KubernetesObject;
}

function allocatorSpec({ image, strategy, serviceAccount, memory, monitors = false }: AllocatorShape, namespace: string): object {
  // Without a list of namespaces it would take the monitors of everybody in the cluster.
  const prometheusCR = monitors ? { enabled: true, allowNamespaces: [namespace], serviceMonitorSelector: {}, podMonitorSelector: {} } : { enabled: false };
  return { image, serviceAccount, allocationStrategy: strategy, filterStrategy: 'relabel-config', prometheusCR, resources: memoryResources(memory, 20) };
}

export interface InstrumentationShape {
  /** OTLP base URL: the agents of Java and Node speak HTTP to it. */
  readonly endpoint: string;
  readonly propagators: readonly string[];
  /** Of every agent. */
  readonly env?: Readonly<Record<string, string>>;
  /** Left out: the operator's own image, which no cluster here can pull. */
  readonly java?: AgentShape;
  readonly nodejs?: AgentShape;
}

export interface AgentShape {
  readonly image: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** An Instrumentation: what a pod with the annotation gets. Every trace is sampled; what is kept of them is for others to say. */
export function instrumentationResource({ runId, namespace, name }: Named, shape: InstrumentationShape): KubernetesObject {
  const env = (values: Readonly<Record<string, string>> = {}): V1EnvVar[] => Object.entries(values).map(([key, value]) => ({ name: key, value }));
  return {
    apiVersion: 'opentelemetry.io/v1alpha1', kind: 'Instrumentation', metadata: { name, namespace, labels: labels(runId, 'instrumentation') },
    spec: {
      exporter: { endpoint: shape.endpoint }, propagators: shape.propagators, sampler: { type: 'parentbased_always_on' }, env: env(shape.env),
      imagePullPolicy: 'IfNotPresent',
      ...Object.fromEntries((['java', 'nodejs'] as const).flatMap((agent) => {
        const own = shape[agent];
        return own ? [[agent, { image: own.image, env: env(own.env) }]] : [];
      })),
    },
  } as KubernetesObject;
}

/** The annotation that asks for an agent. */
export function injectAnnotation(agent: 'java' | 'nodejs' | 'sdk'): string {
  return `instrumentation.opentelemetry.io/inject-${agent}`;
}
