import { expect, test } from 'vitest';
import { judgeSeries } from '../../../../suites/tenant-isolation/series-judge.ts';
import type { SeriesAccount, SeriesSeen } from '../../../../suites/tenant-isolation/series-judge.ts';
import { loadOver, loadWithin } from '../../../../suites/tenant-isolation/series-load.ts';
import { ledger } from './flows.ts';

const lost500 = ledger(1000, { stored: 500, lost: 500 });

function account(tenant: string, fields: Partial<SeriesAccount> = {}): SeriesAccount {
  return { tenant, tenantId: `${tenant}.ti-4`, knownSeries: 500, known: ledger(1500), fresh: ledger(1000), ...fields };
}

function seen(fields: Partial<SeriesSeen> = {}): SeriesSeen {
  return {
    limit: 1000, over: account('a', { fresh: lost500 }), others: [account('b')],
    discards: [{ tenantId: 'a.ti-4', reason: 'per_user_series_limit', items: 500 }], ...fields,
  };
}

test('new series lost by the one that is over its limit, and nothing else', () => {
  expect(judgeSeries(seen())).toMatchObject({ holds: true, observed: expect.stringContaining('a: 500 of 1000 new series lost, 0 of 1500 samples of known series lost, 500 counted') });
});

test.each<[string, Partial<SeriesSeen>, string]>([
  ['a limit that is not there', { over: account('a'), discards: [] }, 'nothing held it to 1000'],
  ['known series that stop', { over: account('a', { fresh: lost500, known: ledger(1500, { lost: 3, stored: 1497 }) }) }, 'a lost 3 samples of series that it had'],
  ['more lost than has to be', { over: account('a', { fresh: ledger(1000, { stored: 100, lost: 900 }) }) }, '600 series in place of the 1000'],
  ['a reason that is not counted', { discards: [] }, 'per_user_series_limit is not counted for it'],
  ['a neighbour that loses', { others: [account('b', { fresh: ledger(1000, { stored: 999, lost: 1 }) })] }, 'b: 1000 sent, 1000 acknowledged, 999 stored; lost 1'],
  ['a neighbour whose data is with another', { others: [account('b', { known: ledger(1500, { foreign: 2 }) })] }, 'foreign 2'],
  ['the reason counted for a neighbour', { discards: [...seen().discards, { tenantId: 'b.ti-4', reason: 'per_user_series_limit', items: 7 }] }, '7 samples are counted as per_user_series_limit under b'],
])('%s breaks the claim', (_, fields, cause) => {
  const finding = judgeSeries(seen(fields));
  expect(finding.holds).toBe(false);
  expect(finding.cause).toContain(cause);
});

test('loads are taken from the limit: half of it known, more than it in all', () => {
  expect(loadOver({ tenant: 'a', maxSeries: 1000, samplesPerSecond: 1_000_000 })).toEqual({ known: 500, knownPerSecond: 500, fresh: 1000, freshPerSecond: 2000 });
  expect(loadOver({ tenant: 'a', maxSeries: 10, samplesPerSecond: 1_000_000 })).toMatchObject({ known: 5, fresh: 10 });
});

test('a limit that this machine cannot exceed is said with its numbers', () => {
  expect(loadOver({ tenant: 'a', maxSeries: 150_000, samplesPerSecond: 1_000_000 })).toEqual({ skipped: expect.stringContaining('a may have 150000 series; this machine sends 60000') });
  expect(loadOver({ tenant: 'a', maxSeries: 50_000, samplesPerSecond: 100 })).toEqual({ skipped: expect.stringContaining('a may write 100 samples a second') });
  expect(loadOver({ tenant: 'a', maxSeries: 1, samplesPerSecond: 100 })).toEqual({ skipped: expect.stringContaining('no room') });
});

test('a neighbour with a lower limit is sent what it may have', () => {
  const same = { known: 500, knownPerSecond: 500, fresh: 1000, freshPerSecond: 2000 };
  expect(loadWithin(same, { tenant: 'b', maxSeries: 1_000_000, samplesPerSecond: 1_000_000 })).toEqual(same);
  expect(loadWithin(same, { tenant: 'b', maxSeries: 1000, samplesPerSecond: 1000 })).toEqual({ known: 400, knownPerSecond: 400, fresh: 400, freshPerSecond: 400 });
});
