import { expect, test } from 'vitest';
import { reckon } from '../../../../helpers/index.ts';
import type { FlowState, GateRecord, Reckoning } from '../../../../helpers/index.ts';
import claim from '../../../../suites/delivery/killed-collector.suite.ts';
import { judgeKilled, passedIn, withoutOrdeal } from '../../../../suites/delivery/killed-judge.ts';
import type { Ordeal } from '../../../../suites/delivery/killed-judge.ts';
import { neverTaken } from '../../../../suites/delivery/never-taken.ts';

type ItemRange = Reckoning['lostRanges'][number];

const items = (ranges: readonly ItemRange[]): Uint32Array => Uint32Array.from(ranges.flatMap(([first, end]) => Array.from({ length: end - first }, (_, index) => first + index)));

/** Ten requests of ten items, 100 ms apart; the collector is killed after the sixth, when a backend had 20 items. */
function ordeal(stored: readonly ItemRange[], timeline: GateRecord['timeline'] = []): Ordeal {
  const latencies = Array.from({ length: 10 }, (_, index) => [index * 1000, 1, 1, 200] as const);
  const flow = { name: 'f', startedAtMs: 0, sent: 100, batch: 10, latencies, answers: [{ status: 200, requests: 10, items: 100, ranges: [[0, 100]], firstBody: '' }] } as unknown as FlowState;
  const gate = { timeline, flows: [{ name: 'f', ranges: stored, copies: 3 }] } as unknown as GateRecord;
  const found = items(stored);
  return {
    sent: [{ signal: 'logs', flow, gate, takenBefore: 20, ledger: reckon({ sent: 100, acknowledged: [[0, 100]], refused: [], firstLook: found, lastLook: found }) }],
    cut: { node: 'node-2', link: 'eth0', fromMs: 10_000, toMs: 16_000 }, queue: { pod: 'c', node: 'node-2', queued: 30 },
    killed: { pod: 'c', node: 'node-2', killedAtMs: 5500, exitCode: 137, reason: 'Error', startedAgainAtMs: 7000 },
  };
}

test('all found is kept, with what was held when the collector died', () => {
  const { holds, observed } = judgeKilled(ordeal([[0, 100]]));
  expect(holds).toBe(true);
  expect(observed).toMatch(/^none of 100 lost, 40 of them in the queues .*; 0 doubled, 3 sent again/);
});

test('what was held and is lost is the twin\'s symptom; a larger loss has another reason', () => {
  const own = judgeKilled(ordeal([[0, 20], [60, 100]]));
  expect(own.observed).toMatch(claim.twin.symptom);
  expect(own.observed).toContain('40 acknowledged items lost, all among the 40');
  expect(own.cause).toContain('code 137 (Error); logs: 40 lost, items 20–59, 40 never taken');
  expect(judgeKilled(ordeal([[0, 20], [70, 100]])).observed).not.toMatch(claim.twin.symptom);
});

test('an end that was no SIGKILL, an empty queue and a cut that let data through prove nothing', () => {
  const one = ordeal([[0, 100]]);
  expect(withoutOrdeal(one)).toBeUndefined();
  expect(withoutOrdeal({ ...one, killed: { ...one.killed, reason: 'OOMKilled' } })).toMatch(/OOMKilled/);
  expect(withoutOrdeal({ ...one, killed: { ...one.killed, exitCode: 1 } })).toMatch(/code 1/);
  expect(withoutOrdeal({ ...one, queue: { ...one.queue, queued: 0 } })).toMatch(/nothing in its queues/);
  expect(withoutOrdeal(ordeal([[0, 100]], [{ atMs: 12_000, newItems: 5, requests: {} }]))).toMatch(/5 items came through/);
});

test('only seconds that lie in the cut as a whole count', () => {
  const timeline = [9000, 10_000, 11_000, 15_000, 15_500].map((atMs) => ({ atMs, newItems: 1, requests: {} }));
  expect(passedIn({ timeline }, { node: 'node-2', link: 'eth0', fromMs: 10_000, toMs: 16_000 })).toBe(2);
});

test('the gate\'s word is item by item', () => {
  const [sent] = ordeal([[0, 20], [60, 100]]).sent;
  expect(sent && neverTaken(sent.flow, sent.gate)).toBe(40);
});
