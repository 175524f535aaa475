import { nobody } from './assignment.ts';
import type { Assignment } from './assignment.ts';
import type { Strategy } from './options.ts';
import { addressOf, nodeName, nodeOf } from './targets.ts';

/** What is there to assign at a moment. */
export interface Scene {
  readonly strategy: Strategy;
  /** Nodes that targets are dealt out to. */
  readonly nodes: number;
  readonly targets: number;
  /** A node that has gone, with its targets. */
  readonly gone?: number;
}

/** Targets that are not assigned exactly once, each to whom it belongs. */
export interface Fault {
  readonly what: 'unassigned' | 'assigned twice' | "on another node's collector" | 'assigned though it has gone' | 'no target of the simulation';
  readonly count: number;
  /** The first few, by address and node. */
  readonly some: readonly string[];
}

const named = 3;

/** What is wrong with an assignment; empty where each target has exactly one collector and, per node, the one of its own node. */
export function faultsOf(assignment: Assignment, scene: Scene): readonly Fault[] {
  const unassigned: number[] = [];
  const elsewhere: number[] = [];
  const gone: number[] = [];
  assignment.owners.forEach((owner, target) => {
    const node = nodeOf(target, scene.nodes);
    if (node === scene.gone) return void (owner !== nobody && gone.push(target));
    if (owner === nobody) unassigned.push(target);
    else if (scene.strategy === 'per-node' && owner !== node) elsewhere.push(target);
  });
  const name = (target: number): string => `${addressOf(target)} of ${nodeName(nodeOf(target, scene.nodes))}`;
  return [
    fault('unassigned', unassigned, name), fault('assigned twice', assignment.doubled, name), fault("on another node's collector", elsewhere, name),
    fault('assigned though it has gone', gone, name), fault('no target of the simulation', assignment.unknown, (address) => address),
  ].flat();
}

function fault<T>(what: Fault['what'], offenders: readonly T[], name: (one: T) => string): readonly Fault[] {
  return offenders.length === 0 ? [] : [{ what, count: offenders.length, some: offenders.slice(0, named).map(name) }];
}
