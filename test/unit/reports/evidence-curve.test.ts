import { expect, test } from 'vitest';
import { evidenceCurve } from '../../../src/reports/evidence-curve.ts';
import { styleOf } from '../../../src/reports/style.ts';

const style = { ...styleOf(process.stdout, false), columns: 80 };
const curve = (factor: (nodes: number) => number) => ({ what: 'Mimir', shape: 'curve' as const, draw: 'factor', data: [1, 2, 14].map((nodes) => ({ nodes, factor: factor(nodes) })) });

test('a curve is drawn over its first column, with the twin\'s in the same picture', () => {
  const lines = evidenceCurve(curve(() => 1), curve((nodes) => nodes), style).split('\n');
  expect(lines[0]?.trim()).toBe('factor');
  // The claim's own along its height of 1, the twin's up to 14.
  expect(lines.find((line) => line.startsWith(' 1┤'))).toMatch(/━{30}/);
  expect(lines.find((line) => line.startsWith('14┤'))).toMatch(/ ┏━/);
  expect(lines.join('\n')).toMatch(/1 +2 +14\n +nodes/);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('what is no curve, and a single point, is not drawn', () => {
  expect(evidenceCurve({ what: 'x', shape: 'table', data: curve(() => 1).data }, undefined, style)).toBe('');
  expect(evidenceCurve({ ...curve(() => 1), data: [{ nodes: 1, factor: 1 }] }, undefined, style)).toBe('');
});
