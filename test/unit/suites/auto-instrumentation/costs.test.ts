import { expect, test } from 'vitest';
import { judgeCosts } from '../../../../suites/auto-instrumentation/costs.ts';
import type { Measured } from '../../../../suites/auto-instrumentation/costs.ts';

const measured = (factor: number, change: Partial<Measured> = {}): Measured => ({ startSeconds: [2, 4].map((one) => one * factor), latenciesMs: [1, 2, 3, 4, 5].map((one) => one * factor), memoryMi: 100 * factor, ...change });

test('each figure is given with, without, and as a ratio; a high cost is no broken claim', () => {
  const { holds, observed, evidence } = judgeCosts([{ app: 'orders', plain: measured(1), injected: measured(3) }], []);
  expect(holds).toBe(true);
  expect(observed).toBe('orders start 3 → 9 s (3×); orders p50 3 → 9 ms (3×); orders p99 4.96 → 14.88 ms (3×); orders memory 100 → 300 MiB (3×)');
  expect(evidence[0]?.data).toMatchObject([{ figure: 'start', samples: '2 and 2' }, { samples: '5 and 5' }, {}, {}]);
});

test('a figure that was not measured on one side is named', () => {
  expect(judgeCosts([{ app: 'orders', plain: measured(1), injected: measured(1, { startSeconds: [] }) }], [])).toMatchObject({ holds: false, observed: 'not measured: orders start' });
  expect(judgeCosts([], []).holds).toBe(false);
});
