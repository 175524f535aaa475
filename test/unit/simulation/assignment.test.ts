import { describe, expect, it } from 'vitest';
import { Assignment, moves } from '../../../src/simulation/assignment.ts';
import { faultsOf } from '../../../src/simulation/faults.ts';
import { leastOnJoin, leastOnLeave } from '../../../src/simulation/least.ts';
import { addressOf, countOn, nodeOf, targetGroup, targetOf } from '../../../src/simulation/targets.ts';

/** An assignment by the collector of each target; -1 for nobody. */
function assigned(...owners: readonly number[]): Assignment {
  const assignment = new Assignment(owners.length);
  owners.forEach((owner, target) => owner >= 0 && assignment.take(owner, addressOf(target)));
  return assignment;
}

describe('targets', () => {
  it.each([0, 1, 255, 256, 65_535, 65_536, 199_999])('has the number %i back from its address', (target) => {
    expect(targetOf(addressOf(target))).toBe(target);
  });

  it.each(['10.0.0.1:8080', 'web:9090', ''])('knows %j for none of its own', (address) => {
    expect(targetOf(address)).toBeUndefined();
  });

  it('gives each node as many as the next, and says the node in the label that allocators read', () => {
    expect([0, 1, 2, 3, 4].map((target) => nodeOf(target, 3))).toEqual([0, 1, 2, 0, 1]);
    expect([0, 1, 2].map((node) => countOn(node, { nodes: 3, targets: 5 }))).toEqual([2, 2, 1]);
    expect(targetGroup(4, 3)).toMatchObject({ targets: ['10.0.0.4:9090'], labels: { __meta_kubernetes_pod_node_name: 'node-1' } });
  });
});

describe('moves', () => {
  it('counts targets that have another collector, and neither those that were missing nor those that are', () => {
    expect(moves(assigned(0, 1, 2, -1, 3), assigned(0, 2, -1, 1, 0))).toBe(2);
    expect(moves(assigned(0, 1), assigned(0, 1))).toBe(0);
  });

  it.each([
    ['per-node', 100_000, 11, 0],
    ['consistent-hashing', 100_000, 11, 9090],
    ['least-weighted', 10, 11, 0],
  ] as const)('%s, %i targets, then %i collectors: at least %i', (strategy, targets, collectors, least) => {
    expect(leastOnJoin(strategy, targets, collectors)).toBe(least);
  });

  it('of one that leaves all that it had have to move; per node they leave with it', () => {
    const before = assigned(0, 1, 1, 2);
    expect([leastOnLeave('consistent-hashing', before, 1), leastOnLeave('per-node', before, 1)]).toEqual([2, 0]);
  });
});

describe('faults', () => {
  const scene = { strategy: 'per-node', nodes: 2, targets: 4 } as const;

  it('finds none where each target is with the collector of its node', () => {
    expect(faultsOf(assigned(0, 1, 0, 1), scene)).toEqual([]);
  });

  it('names targets without a collector, and those of another node', () => {
    expect(faultsOf(assigned(-1, 0, 0, 1), scene)).toEqual([
      { what: 'unassigned', count: 1, some: ['10.0.0.0:9090 of node-0'] },
      { what: "on another node's collector", count: 1, some: ['10.0.0.1:9090 of node-1'] },
    ]);
    expect(faultsOf(assigned(1, 0, 1, 0), { ...scene, strategy: 'least-weighted' })).toEqual([]);
  });

  it('names the first few of many and counts all', () => {
    const [fault] = faultsOf(assigned(...Array.from({ length: 50 }, () => -1)), { ...scene, targets: 50 });
    expect(fault).toMatchObject({ count: 50, some: { length: 3 } });
  });

  it('finds what two collectors have, what is no target, and what has gone', () => {
    const assignment = assigned(0, 1, 0, 1);
    assignment.take(1, addressOf(0));
    assignment.take(1, 'web:80');
    assignment.take(1, addressOf(99));
    expect(faultsOf(assignment, { ...scene, gone: 1 }).map(({ what, count }) => [what, count])).toEqual([
      ['assigned twice', 1], ['assigned though it has gone', 2], ['no target of the simulation', 2],
    ]);
  });

  it('does not miss what has left with its node', () => {
    expect(faultsOf(assigned(0, -1, 0, -1), { ...scene, gone: 1 })).toEqual([]);
  });

  it('knows who has most', () => {
    expect([assigned(0, 1, 1, -1).most(), assigned(-1).most()]).toEqual([2, 0]);
  });
});
