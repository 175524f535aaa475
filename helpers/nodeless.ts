/** Targets that are on no node: which there are, what the allocator counts of them, and whether somebody scrapes them. */
import { get, json } from '../src/clusters/kube-api.ts';
import { proxyGet } from '../src/clusters/kubernetes.ts';
import { allocatorPort } from '../src/components/allocator/manifests.ts';
import { mimirQuery } from '../src/components/mimir/query.ts';
import { nodelessJobs, staticTarget } from '../src/components/target/nodeless.ts';
import type { Platform } from '../src/platform/platform.ts';
import { metricSamples, metricSum } from '../src/run/prometheus-text.ts';
import { allocatorOf } from './assignments.ts';
import { seenBy } from './flows.ts';

export interface NodelessTarget {
  /** For a person: `the API server 10.0.0.2:6443`. */
  readonly name: string;
  readonly job: string;
  readonly address: string;
}

interface EndpointSlice {
  readonly ports?: readonly { readonly name?: string; readonly port?: number }[];
  readonly endpoints?: readonly { readonly addresses: readonly string[] }[];
}

/** What the two jobs' discovery has to find, asked of the cluster and not of the allocator. */
export async function nodelessTargets({ client, targetsNamespace }: Platform, signal: AbortSignal): Promise<readonly NodelessTarget[]> {
  const params = { labelSelector: 'kubernetes.io/service-name=kubernetes' };
  const { items } = json(await get(client, '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', { params, signal })) as { items: EndpointSlice[] };
  const servers = items.flatMap(({ ports = [], endpoints = [] }) => ports.filter(({ name }) => name === 'https')
    .flatMap(({ port }) => endpoints.flatMap(({ addresses }) => addresses.map((one) => `${one}:${port}`))));
  const written = staticTarget(targetsNamespace ?? '');
  return [
    ...servers.map((address) => ({ name: `the API server ${address}`, job: nodelessJobs.apiServer, address })),
    { name: `the static target ${written}`, job: nodelessJobs.static, address: written },
  ];
}

/** What the allocator's own metrics say. */
export interface AllocatorCounts {
  /** Targets that its discovery found, by job. */
  readonly discovered: Readonly<Record<string, number>>;
  /** Of all jobs, kept after filtering, and of those the ones that a collector has. */
  readonly kept: number;
  readonly given: number;
  /**
   * Its gauge of those that it could assign to nobody; 0 where it never had any. It counts what the last change of targets or collectors
   * left, not what there is: where targets come one after the other it says less.
   */
  readonly unassigned: number;
}

/** @throws KubeApiError, Error while no allocator runs */
export async function allocatorCounts(platform: Platform, signal: AbortSignal): Promise<AllocatorCounts> {
  const { pod } = await allocatorOf(platform, signal);
  const text = await proxyGet(platform.client, platform.namespace, 'pod', pod, allocatorPort, '/metrics', signal);
  const found = metricSamples(text, /^opentelemetry_allocator_targets$/).map(({ labels, value }) => [labels['job_name'] ?? '', value] as const);
  return {
    discovered: Object.fromEntries(found), kept: metricSum(text, /^opentelemetry_allocator_targets_remaining$/),
    given: metricSum(text, /^opentelemetry_allocator_targets_per_collector$/), unassigned: metricSum(text, /^opentelemetry_allocator_targets_unassigned$/),
  };
}

/** Scrapes of one job that were stored, successful or not. */
export interface JobScrapes {
  readonly job: string;
  readonly collector: string;
  readonly samples: number;
}

/** The samples of `up` of those jobs in a window that ends at `endMs`, milliseconds since the epoch: whoever scrapes writes it, whatever the target answers. */
export async function nodelessScrapes(platform: Platform, endMs: number, windowMs: number, signal: AbortSignal): Promise<readonly JobScrapes[]> {
  const query = `up{job=~"${Object.values(nodelessJobs).join('|')}"}[${windowMs}ms]`;
  const series = await mimirQuery(seenBy(platform, 'mimir', { id: platform.tenant }), query, endMs, signal);
  return series.map(({ metric, values }) => ({ job: metric['job'] ?? '', collector: metric['collector'] ?? '', samples: values.length }));
}
