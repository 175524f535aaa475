import type { AllocatorSettings } from '../components/allocator/manifests.ts';
import { PlumblineError } from '../errors.ts';

export type Strategy = AllocatorSettings['strategy'];
export const strategies = ['per-node', 'consistent-hashing', 'least-weighted'] as const satisfies readonly Strategy[];

/** Beyond these a point takes minutes, and the API server more memory than a laptop has to spare. */
export const bounds = { points: 10, fewestNodes: 10, mostNodes: 5000, mostTargets: 200_000, targetsOfANode: 20_000, minutes: 30 } as const;

export const defaults = { nodes: [10, 50, 200, 1000, 5000], targets: [100_000], strategy: 'per-node', allocator: '0.131.0' } as const;

export interface SimulationOptions {
  /** Six of [a-z0-9]; everything of the simulation carries it. */
  readonly runId: string;
  readonly nodes: readonly number[];
  readonly targets: readonly number[];
  readonly strategy: Strategy;
  /** Version of the allocator. */
  readonly allocator: string;
  /** How many nodes lack a collector. */
  readonly missing: number;
  /** As typed. */
  readonly command: string;
}

/** One cluster that is simulated. */
export interface Size {
  readonly nodes: number;
  readonly targets: number;
}

/** What grows from point to point. */
export function variedBy({ nodes, targets }: Pick<SimulationOptions, 'nodes' | 'targets'>): keyof Size {
  return nodes.length === 1 && targets.length > 1 ? 'targets' : 'nodes';
}

/**
 * The points of a simulation, smallest first.
 *
 * @throws PlumblineError PL-USAGE where both numbers vary, there are too many points, or a node would have too many targets
 */
export function sizesOf({ nodes, targets, missing }: Pick<SimulationOptions, 'nodes' | 'targets' | 'missing'>): readonly Size[] {
  if (nodes.length > 1 && targets.length > 1) throw usage('several --nodes or several --targets, so that growth has one cause', `${nodes.length} and ${targets.length}`);
  const sizes = nodes.flatMap((one) => targets.map((count) => ({ nodes: one, targets: count }))).toSorted((a, b) => a.nodes - b.nodes || a.targets - b.targets);
  if (sizes.length > bounds.points) throw usage(`at most ${bounds.points} points`, `${sizes.length}`);
  const heavy = sizes.find((size) => size.targets > size.nodes * bounds.targetsOfANode);
  if (heavy) throw usage(`at most ${bounds.targetsOfANode} targets a node`, `${heavy.targets} targets on ${heavy.nodes} nodes`);
  const few = sizes.find((size) => size.nodes <= missing || size.targets < size.nodes);
  if (few) throw usage('at least a target a node, and a node with a collector', `${few.targets} targets and ${missing} missing collectors on ${few.nodes} nodes`);
  return sizes;
}

function usage(expected: string, seen: string): PlumblineError {
  return new PlumblineError({ code: 'PL-USAGE', kind: 'usage', expected, seen, next: 'plumbline simulate --nodes 10,200,5000 --targets 100000  or  plumbline simulate --help' });
}
