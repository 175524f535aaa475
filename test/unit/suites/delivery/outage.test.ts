import { expect, test } from 'vitest';
import { reckon } from '../../../../helpers/index.ts';
import type { FlowState, GateRecord, Reckoning } from '../../../../helpers/index.ts';
import { judgeOutages, lateByMs, outageKinds, withoutOutage } from '../../../../suites/delivery/outage-judge.ts';
import type { Outcome } from '../../../../suites/delivery/outage-judge.ts';
import claim from '../../../../suites/delivery/outage.suite.ts';

type ItemRange = Reckoning['lostRanges'][number];

const second = 1000;
const times = { firstDataMs: 0, lastDataMs: 68 * second, planned: 680, sent: 680 };

const record = (ranges: readonly ItemRange[], timeline: GateRecord['timeline'] = []): GateRecord => ({
  name: 'env-1-loki', target: 'http://x', fault: { mode: 'pass' }, requests: 0, bytes: 0, outcomes: {}, timeline,
  spells: [{ mode: 'pass', startedAtMs: 0, endedAtMs: 2000 }, { mode: 'refuse', seconds: 60, startedAtMs: 2000, endedAtMs: 62_000 }, { mode: 'pass', startedAtMs: 62_000 }],
  flows: [{ name: 'f', ranges, distinct: 0, copies: 7, requests: 1, overtaken: 0, furthest: 20 }],
});

const items = (ranges: readonly ItemRange[]): Uint32Array => Uint32Array.from(ranges.flatMap(([first, end]) => Array.from({ length: end - first }, (_, index) => first + index)));

/** A flow that was acknowledged whole, what is stored of it, and what the gate saw a backend take. */
function outcome(stored: readonly ItemRange[], taken = stored): Outcome {
  const answers = [{ status: 200, requests: 1, items: 680, ranges: [[0, 680]] as const, firstBody: '' }];
  const found = items(stored);
  return {
    kind: 'gone', tenant: 'env-1', signal: 'logs', flow: { ...times, name: 'f', ended: 'complete', answers } as unknown as FlowState,
    ledger: reckon({ sent: 680, acknowledged: [[0, 680]], refused: [], firstLook: found, lastLook: found }), gate: record(taken), counts: { sent: 0, failed: 600 },
  };
}

test('all found is kept, and repetitions are told apart from loss', () => {
  const { holds, observed, evidence } = judgeOutages([outcome([[0, 680]])]);
  expect([holds, observed]).toEqual([true, 'none of 680 lost, all taken 0 s after its end; 0 doubled, 7 sent again']);
  expect(evidence[0]?.data).toMatchObject([{ kind: 'gone', lost: 0, sentAgain: 7, behindSeconds: 2 }]);
});

test('a loss that the gate saw as well is the twin\'s symptom', () => {
  const { holds, observed, cause } = judgeOutages([outcome([[0, 20], [620, 680]])]);
  expect(holds).toBe(false);
  expect(observed).toMatch(claim.twin.symptom);
  expect(cause).toContain('600 of 680 lost, items 20–619; its exporter counted 600 failed');
});

test('a loss behind the gate is no symptom: a backend took what it does not have', () => {
  const { holds, observed } = judgeOutages([outcome([[0, 20], [620, 680]], [[0, 680]])]);
  expect(holds).toBe(false);
  expect(observed).toContain('600 acknowledged items lost, not the 0 that');
  expect(observed).not.toMatch(claim.twin.symptom);
});

test('a loss elsewhere of the same size as what the gate lacks is found out flow by flow', () => {
  const { observed } = judgeOutages([outcome([[0, 20], [620, 680]], [[0, 680]]), outcome([[0, 680]], [[0, 80]])]);
  expect(observed).not.toMatch(claim.twin.symptom);
});

test('what came within two seconds is on time, a backlog is late by when it was gone', () => {
  const at = (atSecond: number, newItems: number) => ({ atMs: atSecond * second, newItems, requests: {} });
  expect(lateByMs(record([], [at(1, 20), at(62, 590), at(63, 10)]), { name: 'f', ...times })).toBe(1000);
  expect(lateByMs(record([], [at(1, 20), at(62, 100), at(65, 500), at(66, 60)]), { name: 'f', ...times })).toBe(5000);
});

test('an outage that was none proves nothing', () => {
  const { spells, ...rest } = record([]);
  expect(withoutOutage([{ gate: record([]) }])).toBeUndefined();
  expect(withoutOutage([{ gate: { ...rest, spells: spells.slice(0, 1) } }])).toMatch(/lasted 0 s of 60/);
  expect(withoutOutage([{ gate: { ...rest, spells: [{ mode: 'refuse', seconds: 60, startedAtMs: 0, endedAtMs: 9000 }] } }])).toMatch(/lasted 9 s/);
});

test('every kind of outage ends by itself', () => {
  expect(outageKinds.map(({ fault }) => 'seconds' in fault && fault.seconds)).toEqual([60, 60, 60, 60, 60]);
});
