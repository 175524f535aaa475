import { expect, test } from 'vitest';
import { judgeGrowth } from '../../../../suites/scrape-dedup/growth-judge.ts';
import twinOf from '../../../../suites/scrape-dedup/growth.suite.ts';

const sizes = [1, 2, 4, 8, 14];

function curve(factor: (nodes: number) => number) {
  return judgeGrowth(sizes.map((nodes) => ({ nodes, targets: 2 * nodes, ideal: 12 * nodes, samples: Math.round(12 * nodes * factor(nodes)), windowMs: 12_000, cpuSeconds: 0.12 * nodes, memoryMiB: 90 * nodes, scrapedBytes: 24_000, series: 28 * nodes })));
}

test('a flat curve holds, with what it cost on each size', () => {
  const finding = curve(() => 1);
  expect(finding).toMatchObject({ holds: true, observed: 'flat: factor 1.00 on 14 nodes, 1.00 on 1' });
  expect((finding.evidence[0]?.data as object[]).at(-1)).toEqual({ nodes: 14, targets: 28, samples: 168, ideal: 168, factor: 1, series: 392, 'collectors CPU %': 14, 'collectors MiB': 1260, 'scraped kB/s': 2 });
});

test('one that grows with the nodes is the incident, by how much a node', () => {
  const finding = curve((nodes) => nodes);
  expect(finding.holds).toBe(false);
  expect(finding.observed).toMatch(twinOf.twin.symptom);
  expect(finding.observed).toContain('14.0 on 14; 1.00 more a node (r² 1.00)');
});

test('one that bends somewhere, or lacks samples, is neither', () => {
  for (const factor of [(nodes: number) => (nodes === 14 ? 1.5 : 1), (nodes: number) => (nodes === 8 ? 0.5 : 1)]) {
    const finding = curve(factor);
    expect(finding.holds).toBe(false);
    expect(finding.observed).not.toMatch(twinOf.twin.symptom);
  }
});
