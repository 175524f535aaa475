import { expect, test } from 'vitest';
import { guessMiB, limitsToTry, smallestLimit } from '../../../../suites/small-node-oom/size-search.ts';

/** A load that so many MiB carry; which limits were tried is kept. */
function needs(least: number): { readonly tried: number[]; carries(limit: number): Promise<boolean> } {
  const tried: number[] = [];
  return { tried, carries: async (limit) => { tried.push(limit); return limit >= least; } };
}

test('from a guess that carries, limits are tried downwards until one does not', async () => {
  const load = needs(300);
  expect(await smallestLimit([128, 256, 384, 512, 768], 500, load.carries)).toBe(384);
  expect(load.tried).toEqual([512, 384, 256]);
});

test('from a guess that does not, upwards until one does', async () => {
  const load = needs(600);
  expect(await smallestLimit([128, 256, 384, 512, 768], 200, load.carries)).toBe(768);
  expect(load.tried).toEqual([256, 384, 512, 768]);
});

test('the smallest may be the first of all, and there may be none', async () => {
  expect(await smallestLimit([128, 256], 1, needs(1).carries)).toBe(128);
  expect(await smallestLimit([128, 256], 900, needs(300).carries)).toBeUndefined();
  expect(await smallestLimit([], 900, needs(1).carries)).toBeUndefined();
});

test('the search begins higher for more spans, larger ones and longer outages', () => {
  const load = { spansPerSecond: 5000, spanBytes: 1000, outageSeconds: 5 };
  const guess = guessMiB(load);
  for (const more of [{ spansPerSecond: 9000 }, { spanBytes: 2000 }, { outageSeconds: 9 }]) expect(guessMiB({ ...load, ...more })).toBeGreaterThan(guess);
});

test('limits are tried up to the most that may be had; a limiter with a size of its own has to fit below them', () => {
  expect(limitsToTry({ limit_percentage: 80 }, 200)).toEqual([64, 96, 128, 192]);
  expect(limitsToTry('none', 100)).toEqual([64, 96]);
  expect(limitsToTry({ limit_mib: 200 }, 400)).toEqual([256, 384]);
  expect(limitsToTry({ limit_mib: 200 }, 64)).toEqual([]);
});
