import { limitedMiB } from '../clusters/provider.ts';
import type { Abilities } from '../clusters/provider.ts';
import { clustersOf } from '../platform/clusters.ts';
import type { PlatformSpec } from '../platform/spec.ts';
import type { Claim } from './claim.ts';
import { notBlackBox } from './installed.ts';
import type { ClaimResult } from './result.ts';
import type { Side } from './sides.ts';

type Able = Pick<Abilities, 'clusters' | 'nodes' | 'ownNodes' | 'operatorThere'> & Partial<Pick<Abilities, 'nodeMemory' | 'nodeFiles' | 'freeMemoryMiB' | 'nodesChange'>>;

/** What stays free whatever a claim does to its nodes, MiB. */
export const reserveMiB = 2048;

/** Beside nodes with a memory of their own: control plane, backends, sender and the harness itself, MiB. */
export const besideMiB = 3072;

/** Why a provider of these abilities, with the run's settings, cannot have a claim judged, for a person; undefined where it can. @param installed whether the platform is the user's own */
export function unmetNeed(claim: Claim, sides: readonly Side[], able: Able, installed = false): string | undefined {
  if (installed && !claim.blackBox) return notBlackBox;
  const clusters = Math.max(...sides.map(({ spec }) => clustersOf(spec).size));
  const nodes = Math.max(...sides.map(({ spec }) => spec.nodes + spec.spareNodes));
  if (clusters > able.clusters) return `needs ${clusters} clusters, and there ${are(able.clusters)}: name a context for each, or one for several, e.g. --context a,b,b`;
  if (nodes > able.nodes) return `needs ${nodes} nodes that take pods, and the cluster has ${able.nodes}`;
  if (!able.nodesChange && sides.some(({ spec }) => spec.spareNodes > 0)) return 'has nodes join and leave while it runs, which they do on the embedded provider only';
  const memory = Math.max(...sides.map(({ spec }) => sizedMiB(spec)));
  if (memory > 0 && able.nodeMemory !== 'enforced') return 'needs nodes whose memory is a limit, which this provider has none of';
  const missing = memory > 0 && able.freeMemoryMiB !== undefined ? memory + besideMiB + reserveMiB - able.freeMemoryMiB : 0;
  if (missing > 0) return `takes up to ${memory + besideMiB} MiB, ${memory} of them as nodes, and leaves the machine ${reserveMiB}: ${able.freeMemoryMiB} MiB are free, ${missing} too few`;
  if (claim.needs?.includes('page-cache') && !able.nodeFiles) return 'decides whose memory the pages of a program are, which it can on the embedded provider\'s nodes only';
  if (claim.needs?.includes('own-nodes') && !able.ownNodes) return 'cuts a node\'s network or kills its processes, which it does on no cluster that is not the run\'s own';
  const users = sides.find(({ spec }) => spec.collector.config?.file !== undefined)?.spec.collector.config?.file;
  if (claim.needs?.includes('own-pipelines') && users !== undefined) return `is about pipelines of its own, and ${users} takes their place: --set collector.config=null has it judged`;
  if (able.operatorThere !== undefined && sides.some(({ spec }) => spec.operator !== null)) return `brings an OpenTelemetry operator, and ${able.operatorThere}: ${wayOut(sides)}`;
  return undefined;
}

/** Memory of all nodes of a platform that have one of their own, MiB. */
export function sizedMiB(spec: PlatformSpec): number {
  return limitedMiB(clustersOf(spec).values());
}

/** What an operator of somebody else leaves to do: agents, and a node's collector of its own, are an operator's work alone. */
function wayOut(sides: readonly Side[]): string {
  const only = sides.some(({ spec }) => spec.apps?.injected === true || spec.collector.nowhereOn !== undefined);
  return only ? 'it takes a cluster without one' : '--set operator=null deploys plain objects in its place';
}

function are(count: number): string {
  return count === 1 ? 'is one' : `are ${count}`;
}

/** The result of a claim that is not judged at all: on its own platform and on its twin nothing is known. */
export function notJudged(claim: Claim, reason: string, reproduce: string): ClaimResult {
  const side = { verdict: 'skipped', holds: false, expected: claim.claim, observed: reason, evidence: [], durationMs: 0 } as const;
  return { ...side, id: claim.id, area: claim.area, claim: claim.claim, twin: { ...side, wrong: claim.twin.wrong, symptom: claim.twin.symptom.source }, reproduce, reason };
}
