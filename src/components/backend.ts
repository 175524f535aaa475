import type { KubeClient } from '../clusters/kubernetes.ts';

/** The central backends, in the order in which they are asked and shown. */
export const backendNames = ['mimir', 'loki', 'tempo'] as const;
export type BackendName = (typeof backendNames)[number];

/** A component that runs in one place and is reached from every cluster of the platform. */
export interface Backend {
  /** Of the cluster that it runs in. */
  readonly client: KubeClient;
  readonly namespace: string;
  /** Base URL of its HTTP API for pods of any cluster, without a slash at the end: `http://10.0.0.2:31234`. */
  readonly url: string;
  /** Base URL for OTLP/HTTP exporters, to which `/v1/metrics`, `/v1/logs` or `/v1/traces` is added. */
  readonly otlpUrl: string;
}

/** A tenant's limits by backend: names and values are the backend's own, as its runtime overrides file has them. */
export type Limits = Readonly<Partial<Record<BackendName, Readonly<Record<string, unknown>>>>>;
