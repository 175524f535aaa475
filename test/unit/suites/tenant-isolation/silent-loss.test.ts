import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { exporterCounts } from '../../../../helpers/index.ts';
import type { FlowState, LimitAnswer } from '../../../../helpers/index.ts';
import { limitRows } from '../../../../suites/tenant-isolation/limit-rows.ts';
import type { LimitRow } from '../../../../suites/tenant-isolation/limit-rows.ts';
import { limitLine, logText, outcomeOf, truncatedAttributes } from '../../../../suites/tenant-isolation/limit-table.ts';
import { judgeDeliveries, loadBeyond } from '../../../../suites/tenant-isolation/silent-loss-judge.ts';
import type { Delivery } from '../../../../suites/tenant-isolation/silent-loss-judge.ts';

const over: Delivery = { tenant: 'dev', sent: 1250, acknowledged: 1250, exporterSent: 1250, exporterFailed: 0, reportedLost: 250, missing: 250, discarded: 'per_user_series_limit 250' };
const within: Delivery = { ...over, tenant: 'prod', reportedLost: 0, missing: 0, discarded: 'none' };
const judged = (change: { over?: Partial<Delivery>; within?: Partial<Delivery> }, judgedBy = 'ledger') =>
  judgeDeliveries({ judgedBy, over: { ...over, ...change.over }, within: { ...within, ...change.within }, beyond: 250 });

test('a loss that is reported in its size is reported as loss', () => {
  expect(judged({})).toMatchObject({ holds: true, observed: expect.stringContaining('dev: 250 lost reported, 250 missing') as string });
});

test('a judge that misses a loss, misjudges its size or invents one breaks the claim', () => {
  expect(judged({ over: { reportedLost: 0 } }, 'exporter-counters')).toMatchObject({
    holds: false, observed: expect.stringMatching(/dev: 0 lost reported, 250 missing/) as string,
    cause: 'the exporter\'s counters said that dev lost 0; of 1250 samples Mimir has 1000 (per_user_series_limit 250)',
  });
  expect(judged({ over: { reportedLost: 249 } }).holds).toBe(false);
  expect(judged({ within: { reportedLost: 1 } })).toMatchObject({ holds: false, cause: expect.stringContaining('prod lost 1') as string });
});

test('where nothing is lost there is nothing to report', () => {
  expect(judged({ over: { reportedLost: 0, missing: 0 } })).toMatchObject({ holds: false, cause: 'dev lost nothing, 250 series beyond its limit' });
});

test('the load goes a quarter beyond the limit, slower than the rates allow; what is out of reach is skipped', () => {
  expect(loadBeyond({ tenant: 'dev', maxSeries: 1000, samplesPerSecond: 1000 })).toEqual({ items: 1250, perSecond: 500 });
  expect(loadBeyond({ tenant: 'dev', maxSeries: 0, samplesPerSecond: 1000 })).toHaveProperty('skipped');
  expect(loadBeyond({ tenant: 'dev', maxSeries: 1_000_000, samplesPerSecond: 1e6 })).toHaveProperty('skipped');
  expect(loadBeyond({ tenant: 'dev', maxSeries: 1000, samplesPerSecond: 10 })).toHaveProperty('skipped');
});

test('an exporter\'s counts are its own, with or without units in the names', () => {
  const sample = (name: string, exporter: string, value: number) => ({ name, labels: { exporter }, value });
  expect(exporterCounts([
    sample('otelcol_exporter_sent_spans__spans__total', 'otlphttp/tempo-dev', 5), sample('otelcol_exporter_send_failed_spans', 'otlphttp/tempo-dev', 2),
    sample('otelcol_exporter_enqueue_failed_spans_total', 'otlphttp/tempo-dev', 1), sample('otelcol_exporter_sent_spans', 'otlphttp/tempo-dev-2', 9),
    sample('otelcol_exporter_queue_size', 'otlphttp/tempo-dev', 7),
  ], 'tempo', 'dev')).toEqual({ sent: 5, failed: 3 });
});

const retryLine = '2026-11-22T22:52:11.237Z\tinfo\tinternal/retry_sender.go:133\tExporting failed. Will retry the request after interval.\t{"error": "Throttle (6s), error: rpc error", "interval": "6s"}';
const answer = (accepted: number, stored: number, counts: LimitAnswer['counts'], log: readonly string[] = []) =>
  ({ collected: { acceptedItems: accepted } as FlowState, collectedStored: stored, counts, log });

test('what a collector did follows from data and counts', () => {
  expect(outcomeOf(answer(20, 20, { sent: 20, failed: 0 }))).toBe('stored');
  expect(outcomeOf(answer(20, 20, { sent: 20, failed: 0 }, [retryLine]))).toBe('retried');
  expect(outcomeOf(answer(20, 0, { sent: 0, failed: 0 }))).toBe('retried');
  expect(outcomeOf(answer(20, 0, { sent: 0, failed: 20 }))).toBe('dropped');
  expect(outcomeOf(answer(20, 10, { sent: 20, failed: 0 }))).toBe('silent loss');
});

const flow = (status: number, partialRejected = 0): FlowState => ({
  sent: 20, acceptedItems: 20, requests: 1, answers: [{ status, requests: 1, items: 20, ranges: [[0, 20]], firstBody: status < 300 ? '' : 'no' }],
  partial: { requests: partialRejected > 0 ? 1 : 0, rejected: partialRejected, firstMessage: partialRejected > 0 ? 'too many series' : '' },
} as unknown as FlowState);

test('a row says the answer, what became of the data, and how that differs from what was known', () => {
  const row: LimitRow = { tenant: 't', backend: 'mimir', limit: 'series of a tenant', load: { ratePerSecond: 1 }, known: { status: 400, outcome: 'dropped' } };
  const measured: LimitAnswer = { direct: flow(200, 10), directStored: 10, collected: flow(200), collectedStored: 0, counts: { sent: 20, failed: 0 }, log: [] };
  expect(limitLine(row, measured, [{ tenantId: 't.x', reason: 'per_user_series_limit', items: 30 }])).toEqual({
    limit: 'mimir: series of a tenant', answer: '200, partial_success: 10 of 20 rejected: too many series', collector: 'silent loss of 20 (sent 20, failed 0)',
    log: 'nothing', stored: '10 of 20, 0 of 20', reason: 'per_user_series_limit 30',
    known: 'differs: 400 and dropped were expected, 200 and silent loss seen',
  });
  expect(limitLine({ ...row, known: { status: 200, outcome: 'silent loss' } }, measured, []).known).toBe('ok');
});

test('a log line is told by its message and the pause that was asked for', () => {
  expect(logText(retryLine)).toBe('Will retry the request after interval. (asked to wait 6s)');
});

test('attributes that Tempo cut are read from its metrics', () => {
  expect(truncatedAttributes('tempo_distributor_attributes_truncated_total{tenant="a.x"} 40\nother 1')).toEqual([{ tenantId: 'a.x', reason: 'attributes truncated', items: 40 }]);
});

test('every row has a tenant with a limit of that backend alone, and every such tenant a row', async () => {
  const { tenants } = parse(await readFile(new URL('../../../../suites/tenant-isolation/silent-loss.yaml', import.meta.url), 'utf8')) as { tenants: Record<string, { limits?: object }> };
  const measured = Object.entries(tenants).slice(2).map(([name, { limits = {} }]) => [name, Object.keys(limits)]);
  expect(measured).toEqual(limitRows.map(({ tenant, backend }) => [tenant, [backend]]));
});
