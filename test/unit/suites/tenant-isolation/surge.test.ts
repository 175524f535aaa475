import { expect, test } from 'vitest';
import type { P99Ratio } from '../../../../helpers/index.ts';
import { judgeSurge } from '../../../../suites/tenant-isolation/surge-judge.ts';
import type { Neighbour, SurgeSeen } from '../../../../suites/tenant-isolation/surge-judge.ts';
import { surgeLoad } from '../../../../suites/tenant-isolation/surge-load.ts';
import { latenciesIn, phaseTable, phasesOf, timeLine } from '../../../../suites/tenant-isolation/surge-phases.ts';
import { flow, ledger } from './flows.ts';

const flood = flow({
  name: 'a-flood', startedAtMs: 4000, endedAtMs: 8000, sent: 40_000, acceptedItems: 14_000, requests: 4, batch: 10_000,
  answers: [{ status: 200, requests: 1, items: 14_000, ranges: [], firstBody: '' }, { status: 429, requests: 3, items: 26_000, ranges: [], firstBody: 'too many' }],
  latencies: [[0, 4, 4, 200], [1000, 2, 2, 429], [2000, 2, 2, 429], [3000, 2, 2, 429]],
});
const writes = flow({ name: 'b-writes', startedAtMs: 0, sent: 8, requests: 8, batch: 1, latencies: Array.from({ length: 8 }, (_, index) => [index * 1000, index + 1, index, 200] as const) });
const same: P99Ratio = { baseMs: 4, underMs: 4, ratio: 1, low: 0.8, high: 1.3, baseRequests: 1000, underRequests: 1000 };

function neighbour(fields: Partial<Neighbour> = {}): Neighbour {
  return {
    tenant: 'b', tenantId: 'b.ti-3', steady: { flow: flow({ name: 'b-steady' }), ledger: ledger(4000) }, writes: { flow: writes, ledger: ledger(8) },
    queries: flow({ name: 'b-queries', signal: 'get', sent: 8 }), writeRatio: same, queryRatio: same, ...fields,
  };
}

function seen(fields: Partial<SurgeSeen> = {}, dev: Partial<SurgeSeen['dev']> = {}): SurgeSeen {
  const floods = [{ flow: flood, ledger: ledger(40_000, { acknowledged: 14_000, refused: 26_000, stored: 14_000 }) }];
  return {
    dev: { tenant: 'a', tenantId: 'a.ti-3', rate: 1000, burst: 10_000, floods, ...dev }, neighbours: [neighbour()], phases: phasesOf(0, [flood]),
    discards: [{ tenantId: 'a.ti-3', reason: 'rate_limited', items: 26_000 }], ...fields,
  };
}

const refusing = flow({ ...writes, answers: [{ status: 429, requests: 1, items: 1, ranges: [], firstBody: 'too many' }] });

test('a surge that stays its own keeps the claim', () => {
  expect(judgeSurge(seen())).toMatchObject({ holds: true, observed: expect.stringContaining('a: 14000 of 40000 samples taken (its limit lets 14000 through), 26000 answered 429, 26000 counted; b: steady 4000 sent') });
});

test.each<[string, SurgeSeen, string]>([
  ['a neighbour that loses', seen({ neighbours: [neighbour({ steady: { flow: flow({ name: 'b-steady' }), ledger: ledger(4000, { stored: 3999, lost: 1 }) } })] }), 'b-steady: 4000 sent, 4000 acknowledged, 3999 stored; lost 1'],
  ['a neighbour that is refused', seen({ neighbours: [neighbour({ writes: { flow: refusing, ledger: ledger(8, { refused: 1 }) } })] }), '1 refused (429: too many)'],
  ['a query that is refused', seen({ neighbours: [neighbour({ queries: refusing })] }), '1 of 8 queries of b refused'],
  ['a neighbour in whose name it is counted', seen({ discards: [...seen().discards, { tenantId: 'b.ti-3', reason: 'rate_limited', items: 5 }] }), '5 samples are counted as rate_limited under b'],
  ['slower writes', seen({ neighbours: [neighbour({ writeRatio: { ...same, ratio: 2, low: 1.6, high: 2.4 } })] }), 'b\'s writes are slower'],
  ['slower queries', seen({ neighbours: [neighbour({ queryRatio: { ...same, ratio: 2, low: 1.6, high: 2.4 } })] }), 'b\'s queries are slower'],
  ['somebody who is refused in its name', seen({ discards: [{ tenantId: 'a.ti-3', reason: 'rate_limited', items: 26_700 }] }), '700 samples that a did not send are counted under it'],
  ['no 429', seen({}, { floods: [{ flow: flow({ ...flood, answers: [], acceptedItems: 14_000 }), ledger: ledger(40_000) }] }), 'none of 40000 samples of a was answered 429'],
  ['no reason counted', seen({ discards: [] }), 'none is counted as rate_limited for it'],
  ['more taken than the limit lets through', seen({}, { rate: 100 }), 'more than the 10400'],
  ['far less taken', seen({}, { rate: 10_000 }), 'far less than its limit of 10000'],
])('%s breaks the claim', (_, what, cause) => {
  const finding = judgeSurge(what);
  expect(finding.holds).toBe(false);
  expect(finding.cause).toContain(cause);
});

test('a limit that is shared shows in what was seen', () => {
  expect(judgeSurge(seen({ discards: [{ tenantId: 'a.ti-3', reason: 'rate_limited', items: 26_700 }] })).observed).toContain('26700 counted, 700 of them not its own: somebody shares its limit');
  expect(judgeSurge(seen()).observed).not.toContain('shares');
});

test('a ratio that is only perhaps too high does not', () => {
  const finding = judgeSurge(seen({ neighbours: [neighbour({ writeRatio: { ...same, ratio: 2, low: 1.4, high: 9 } })] }));
  expect(finding).toMatchObject({ holds: true, observed: expect.stringContaining('× 2 [1.4, 9] (undecided: too noisy)') });
});

test('phases are told apart by the flood\'s own times, and their start is left out', () => {
  const phases = phasesOf(0, [flood]);
  expect(phases.map(({ name, fromMs, toMs }) => [name, fromMs, toMs])).toEqual([['quiet 1', 0, 4000], ['surge 1', 4000, 8000]]);
  expect(latenciesIn(writes, phases, 'quiet', 500)).toEqual([[2, 3, 4]]);
  expect(latenciesIn(writes, phases, 'surge', 500)).toEqual([[6, 7, 8]]);
});

test('time line and table count by when a request was due', () => {
  const tenants = [{ tenant: 'a', counted: [flood], timed: [flood], queries: [] }, { tenant: 'b', counted: [writes], timed: [writes], queries: [writes] }];
  const phases = phasesOf(0, [flood]);
  expect(timeLine(tenants, phases)).toHaveLength(8);
  expect(timeLine(tenants, phases)[5]).toEqual({
    atMs: 5000, phase: 'surge', 'a accepted': 0, 'a refused': 10_000, 'a write p50 ms': 2, 'a write p99 ms': 2,
    'b accepted': 1, 'b refused': 0, 'b write p50 ms': 6, 'b write p99 ms': 6, 'b query p99 ms': 6,
  });
  expect(phaseTable(tenants, phases)[0]).toMatchObject({ phase: 'quiet 1', seconds: 4, 'a accepted': 0, 'a write p99 ms': null, 'b accepted': 4 });
});

const limits = { tenant: 'a', rate: 1000, burst: 10_000, requestRate: 0 };

test('the flood is ten times the limit; the others stay below theirs', () => {
  expect(surgeLoad(limits, [{ ...limits, tenant: 'b', rate: 1_000_000 }])).toEqual({ flood: { ratePerSecond: 10_000, batch: 100, series: 25 }, neighbours: [{ steady: 500, writes: 120, queries: 50 }] });
  expect(surgeLoad(limits, [{ ...limits, tenant: 'b', rate: 200 }])).toMatchObject({ neighbours: [{ steady: 80, writes: 80 }] });
});

test.each([
  ['a limit too high to exceed', { ...limits, rate: 10_000 }, limits, 'ten times that is 100000'],
  ['a burst that takes the whole flood', { ...limits, burst: 1_000_000 }, limits, 'may write 1000000 samples at once'],
  ['a neighbour that hardly may write', limits, { ...limits, tenant: 'b', rate: 10 }, 'b may write 10 samples'],
  ['a neighbour of few requests', limits, { ...limits, tenant: 'b', requestRate: 10 }, 'in 10 requests a second'],
])('%s is nothing to judge', (_, dev, other, why) => {
  expect(surgeLoad(dev, [other])).toEqual({ skipped: expect.stringContaining(why) });
});
