import { expect, test } from 'vitest';
import { reckon } from '../../../../helpers/index.ts';
import type { Reckoning } from '../../../../helpers/index.ts';
import { judgeWrites } from '../../../../suites/tenant-isolation/write-judge.ts';
import type { WriteAccounts } from '../../../../suites/tenant-isolation/write-judge.ts';
import { loadBeyondLimit, pauseSeconds, writeLimits } from '../../../../suites/tenant-isolation/write-loads.ts';
import type { LoadBeyond, WriteLimit } from '../../../../suites/tenant-isolation/write-loads.ts';

const limitCalled = (name: string): WriteLimit => writeLimits.find((one) => one.name === name) as WriteLimit;
const streams = limitCalled('max_global_streams_per_user');
const lokiRate = limitCalled('ingestion_rate_mb');

/** So many items sent, all acknowledged but the refused ones; the first ones stored. */
function reckoned(sent: number, { stored, refused = 0, foreign = 0 }: { stored: number; refused?: number; foreign?: number }): Reckoning {
  const found = Uint32Array.from({ length: stored }, (_, item) => item);
  return reckon({
    sent, acknowledged: [[0, sent - refused]], refused: [[sent - refused, sent]], firstLook: found, lastLook: found,
    others: { other: Uint32Array.from({ length: foreign }, (_, item) => item) },
  });
}

const held: WriteAccounts = {
  tenant: { name: 'dev', id: 'dev.x' },
  limits: [{ limit: streams, value: 100, allowed: 100, reckoning: reckoned(200, { stored: 99, refused: 101 }), statuses: '429: 200', message: 'too many' }],
  steady: [{ tenant: 'prod', signal: 'logs', reckoning: reckoned(500, { stored: 500 }) }],
  discards: { loki: [{ tenantId: 'dev.x', reason: 'stream_limit', items: 101 }], tempo: [] },
};

const withStored = (stored: number): WriteAccounts => ({ ...held, limits: held.limits.map((one) => ({ ...one, reckoning: reckoned(200, { stored }) })) });
const withSteady = (reckoning: Reckoning): WriteAccounts => ({ ...held, steady: [{ tenant: 'prod', signal: 'logs', reckoning }] });

test('a limit that held, with its reason and without a victim, is kept', () => {
  expect(judgeWrites(held)).toMatchObject({ holds: true, observed: 'dev: 99 of 200 stored at loki\'s max_global_streams_per_user; the others lost 0 of 500, 0 of it found by somebody else' });
});

test.each([
  ['everything stored', withStored(200), 'dev at loki\'s max_global_streams_per_user of 100: 200 of 200 stored, nothing held it'],
  ['more than is allowed', withStored(150), 'dev at loki\'s max_global_streams_per_user of 100: 150 of 200 stored, 100 were allowed'],
  ['no reason', { ...held, discards: {} }, 'dev at loki\'s max_global_streams_per_user of 100: held, but stream_limit is not counted in its name'],
  ['a loss of another', withSteady(reckoned(500, { stored: 499 })), 'prod lost 1 of 500 logs'],
  ['a refusal of another', withSteady(reckoned(500, { stored: 490, refused: 10 })), 'prod\'s collector did not take 10 of 500 logs'],
  ['another\'s data elsewhere', withSteady(reckoned(500, { stored: 500, foreign: 2 })), '2 of prod\'s logs found by somebody else'],
  ['another\'s name', { ...held, discards: { ...held.discards, tempo: [{ tenantId: 'prod.x', reason: 'rate_limited', items: 3 }] } }, 'tempo counts 3 of prod.x as rate_limited'],
] satisfies [string, WriteAccounts, string][])('%s breaks the claim', (_, accounts, cause) => {
  expect(judgeWrites(accounts)).toMatchObject({ holds: false, cause });
});

test('a rate is exceeded twice over, in requests that its burst has room for', () => {
  const { flow, allowed } = loadBeyondLimit({ limit: lokiRate, value: 0.5, burst: 1 }) as LoadBeyond;
  expect((flow.items ?? 0) * (flow.padBytes ?? 0)).toBeGreaterThanOrEqual(2 * 2 * 1024 ** 2);
  expect((flow.batch ?? 0) * (flow.padBytes ?? 0)).toBeLessThan(1024 ** 2 / 4);
  expect(allowed(2)).toBe(Math.ceil(2 * 1024 ** 2 / 1000));
});

test('what this machine cannot send, or bounds nothing, is said with its numbers', () => {
  expect(loadBeyondLimit({ limit: lokiRate, value: 100, burst: 100 })).toMatchObject({ skipped: expect.stringMatching(/ingestion_rate_mb of 104857600 bytes/) as string });
  expect(loadBeyondLimit({ limit: streams, value: 5000, burst: 0 })).toMatchObject({ skipped: expect.stringMatching(/is 5000; this machine sends 6000/) as string });
  expect(loadBeyondLimit({ limit: streams, value: 0, burst: 0 })).toMatchObject({ skipped: expect.stringMatching(/bounds nothing/) as string });
});

test('a slow rate is given time to fill up again', () => {
  const plan = (limit: WriteLimit, value: number, burst: number) => ({ limit, value, burst, load: loadBeyondLimit({ limit, value, burst }) as LoadBeyond });
  const [fast, slow, many] = [plan(lokiRate, 0.5, 1), plan(lokiRate, 0.01, 1), plan(streams, 100, 0)];
  expect(pauseSeconds([fast], [many])).toBeLessThan(2);
  expect(pauseSeconds([slow], [many])).toBeCloseTo(200 * 250 / (0.01 * 1024 ** 2), 1);
});
