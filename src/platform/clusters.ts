import { clusterOf } from '../clusters/provider.ts';
import type { ClusterSpec, NodeSize } from '../clusters/provider.ts';
import type { PlatformSpec } from './spec.ts';

/** The name under which a platform's parts find its only cluster. */
const onlyCluster = 'only';

/** Names of a platform's clusters, the one with the backends first. */
export function clusterNamesOf(spec: PlatformSpec): readonly [string, ...string[]] {
  const [first, ...rest] = spec.clusters ?? [onlyCluster];
  return [first ?? onlyCluster, ...rest];
}

/** The cluster of a tenant's collectors: the one it names, or the one with the backends. */
export function clusterOfTenant(spec: PlatformSpec, tenant: string): string {
  return spec.tenants[tenant]?.cluster ?? clusterNamesOf(spec)[0];
}

/** Names of the clusters with collectors: those of its tenants, and the first where targets are scraped. */
export function collectorClusters(spec: PlatformSpec): readonly string[] {
  const names = [...(spec.targets ? [clusterNamesOf(spec)[0]] : []), ...Object.keys(spec.tenants).map((tenant) => clusterOfTenant(spec, tenant))];
  return [...new Set(names)];
}

/** The cluster of the apps: their telemetry is the first tenant's. */
export function appsCluster(spec: PlatformSpec): string {
  return clusterOfTenant(spec, Object.keys(spec.tenants)[0] ?? '');
}

/** The clusters that a platform needs, by its own names for them. */
export function clustersOf(spec: PlatformSpec): ReadonlyMap<string, ClusterSpec> {
  const names = clusterNamesOf(spec);
  const sizes = Object.fromEntries(Object.entries(spec.nodeSizes).map(([node, size]) => [node, nodeSize(size)]));
  if (names.length === 1) return new Map([[names[0], clusterOf(spec.nodes, undefined, undefined, sizes, spec.spareNodes)]]);
  return new Map(names.map((name, place) => [name, clusterOf(spec.nodes, name, place, sizes)]));
}

/** A node whose memory counts is left to what a claim puts there: backends and the cluster's DNS must not decide what happens on it. */
function nodeSize({ memoryMiB, evictionMiB }: PlatformSpec['nodeSizes'][string]): NodeSize {
  return { memoryMiB, reserved: true, ...(evictionMiB === undefined ? {} : { evictionMiB }) };
}
