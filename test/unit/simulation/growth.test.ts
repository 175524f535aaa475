import { describe, expect, it } from 'vitest';
import { fitOf } from '../../../src/simulation/fit.ts';
import type { XY } from '../../../src/simulation/fit.ts';
import { growthOf } from '../../../src/simulation/growth.ts';
import { styleOf } from '../../../src/reports/style.ts';
import { sizesOf, variedBy } from '../../../src/simulation/options.ts';
import type { Point, Simulation } from '../../../src/simulation/result.ts';
import { simulationText } from '../../../src/simulation/text.ts';

const xs = [10, 50, 200, 1000, 5000];
const along = (curve: (x: number) => number): XY[] => xs.map((x) => [x, curve(x)]);

describe('fit', () => {
  it('finds a power law', () => {
    const fit = fitOf(along((x) => 3 * x ** 0.5));
    expect(fit).toMatchObject({ form: 'power' });
    expect([fit?.a, fit?.b, fit?.r2]).toEqual([expect.closeTo(3), expect.closeTo(0.5), expect.closeTo(1)]);
  });

  it('finds a line, and one through zero values, which no power law has', () => {
    expect(fitOf(along((x) => 2 + 0.01 * x))).toMatchObject({ form: 'line', a: expect.closeTo(2), b: expect.closeTo(0.01) });
    expect(fitOf(along((x) => x - 10))).toMatchObject({ form: 'line' });
  });

  it('counts small sizes as much as large ones, and takes no line that falls below zero', () => {
    expect(fitOf([[10, 13_998], [50, 11_477], [200, 1468], [1000, 364]])).toMatchObject({ form: 'power', b: expect.closeTo(-0.86, 1), r2: expect.closeTo(0.93, 1) });
  });

  it('says how little a curve explains', () => {
    expect(fitOf([[10, 1], [50, 9], [200, 1], [1000, 9], [5000, 1]])?.r2).toBeLessThan(0.3);
  });

  it('fits nothing through two points, nor through what stays the same', () => {
    expect([fitOf([[1, 1], [2, 5]]), fitOf(along(() => 0)), fitOf(along((x) => 1 + x / 1e6))]).toEqual([undefined, undefined, undefined]);
  });
});

describe('points', () => {
  const one = { missing: 0, targets: [1000] };

  it('are every size, smallest first', () => {
    expect(sizesOf({ ...one, nodes: [200, 10] })).toEqual([{ nodes: 10, targets: 1000 }, { nodes: 200, targets: 1000 }]);
    expect([variedBy({ nodes: [10], targets: [10, 20] }), variedBy({ nodes: [10, 20], targets: [20] })]).toEqual(['targets', 'nodes']);
  });

  it.each([
    ['two things that vary', { missing: 0, nodes: [10, 20], targets: [100, 200] }],
    ['more points than are bearable', { ...one, nodes: Array.from({ length: 11 }, (_, index) => 10 + index) }],
    ['a node with more targets than any has', { missing: 0, nodes: [10], targets: [200_001] }],
    ['nodes without a target', { ...one, nodes: [2000] }],
    ['no collector at all', { ...one, nodes: [10], missing: 10 }],
  ])('refuses %s', (_, options) => {
    expect(() => sizesOf(options)).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code: 'PL-USAGE' }) }));
  });
});

const point = (nodes: number, more: Partial<Point> = {}): Point => ({
  nodes, targets: 1000, assignSeconds: nodes / 100, memory: { liveMiB: 50, peakMiB: 100 }, most: 1000 / nodes, load: 1, durationMs: 1,
  changes: { restart: { moves: 0, least: 0, seconds: 1 }, join: { moves: nodes, least: 1, seconds: 1 } }, faults: [], ...more,
});

const simulation = (points: readonly Point[], exitCode = 0): Simulation => ({
  schemaVersion: 1, run: { id: 'abc123', command: './plumbline simulate', startedAt: '2026-01-01T00:00:00.000Z', durationMs: 90_000, exitCode },
  allocator: '0.131.0', strategy: 'per-node', missing: 0, varied: 'nodes', machine: { cores: 2, memoryBytes: 1 }, points, growth: growthOf(points, 'nodes'),
});

const style = styleOf({ columns: 140 }, false);

describe('growth', () => {
  it('says each measure in words, with its fit where there is one', () => {
    expect(growthOf([10, 100, 1000].map((nodes) => point(nodes)), 'nodes').map(({ says }) => says)).toEqual([
      expect.stringMatching(/^assignment time: .*r² 1\.00 \(0\.1 to 10 s\)$/),
      'time to reassign when a collector joins: 1 s, whatever the nodes',
      'peak memory of the allocator: 100 MiB, whatever the nodes',
      'memory that it has to keep: 50 MiB, whatever the nodes',
      expect.stringMatching(/^moves when a collector joins: .*r² 1\.00 \(10 to 1000 targets\)$/),
      'moves when a collector leaves: not seen',
      'moves when the allocator restarts: 0 targets, whatever the nodes',
    ]);
  });
});

it('says where no curve fits, and draws none', () => {
  const points = [10, 50, 200, 1000, 5000].map((nodes, index) => point(nodes, { assignSeconds: index % 2 ? 9 : 1 }));
  expect(growthOf(points, 'nodes')[0]?.says).toMatch(/^assignment time: 1 to 9 s; neither a line nor a power law fits/);
  expect(simulationText(simulation(points), style)).not.toContain('assignment time, s');
});

describe('text', () => {
  it('has a row a point, a chart a curve, and the sum', () => {
    const text = simulationText(simulation([10, 100, 1000].map((nodes) => point(nodes))), style);
    expect(text).toMatch(/│ 100 +│ 1 s +│ 1 s +│ 100 +│ 50 +│ 10 +│ 100 \(1\) +│ +│ 0 \(0\) +│/);
    expect(text.match(/nodes, logarithmic/g)).toHaveLength(2);
    expect(text).toContain('Each target was assigned exactly once at every moment: 3 points in 1m 30s (exit 0)');
  });

  it('names what was wrong, by moment, count and a few, and how an allocator ended', () => {
    const fault = { what: 'unassigned', count: 40, some: ['10.0.0.0:9090 of node-0'] } as const;
    const faults = [{ ...fault, when: 'start' }, { ...fault, when: 'join' }] as const;
    const text = simulationText(simulation([point(10, { faults }), point(2000, { ended: { when: 'start', how: 'exited with code 2: panic: no room' } })], 1), style, true);
    expect(text).toContain('FAIL  10 nodes, 1000 targets, after the start, after a collector joined: 40 unassigned: 10.0.0.0:9090 of node-0, …');
    expect(text).toContain('FAIL  2000 nodes, 1000 targets, after the start: the allocator exited with code 2: panic: no room');
    expect(text).toContain('(exit 1)');
    expect(text).not.toContain('logarithmic');
  });
});
