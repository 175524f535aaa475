import { expect, test } from 'vitest';
import { judgeCosts } from '../../../../suites/auto-instrumentation/costs.ts';
import type { Cost } from '../../../../suites/auto-instrumentation/costs.ts';

const start: Cost = { figure: 'orders: start', unit: 's', quantile: 0.5, without: [2, 4], with: [6, 12] };
const p99: Cost = { figure: 'shop: p99', unit: 'ms', quantile: 0.99, without: [1, 1, 1, 5], with: [2, 2, 2, 10] };

test('each figure is given with, without, and as a ratio; a high cost is no broken claim', () => {
  const { holds, observed, evidence } = judgeCosts([start, p99], []);
  expect(holds).toBe(true);
  expect(observed).toBe('orders: start 3 → 9 s (3×); shop: p99 4.88 → 9.76 ms (2×)');
  expect(evidence[0]?.data).toMatchObject([{ samples: 2 }, { samples: 4 }]);
});

test('a figure that was not measured on one side is named, and no figures at all prove nothing', () => {
  expect(judgeCosts([{ ...start, with: [] }, p99], [])).toMatchObject({ holds: false, observed: 'not measured: orders: start' });
  expect(judgeCosts([], []).holds).toBe(false);
});
