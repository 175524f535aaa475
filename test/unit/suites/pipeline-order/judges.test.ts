import { expect, test } from 'vitest';
import type { FlowState, LintedConfiguration, LintFinding } from '../../../../helpers/index.ts';
import { reckon } from '../../../../helpers/index.ts';
import { judgeOrder } from '../../../../suites/pipeline-order/order-judge.ts';
import order from '../../../../suites/pipeline-order/order.suite.ts';
import { judgeReason } from '../../../../suites/pipeline-order/reason-judge.ts';
import type { ReasonSeen, Sent } from '../../../../suites/pipeline-order/reason-judge.ts';
import reason from '../../../../suites/pipeline-order/reason.suite.ts';

const late: LintFinding = {
  rule: 'limiter-not-first', severity: 'error', file: 'collector/collector.yaml', line: 61, column: 11, message: 'memory_limiter of pipeline traces/shop comes after batch', why: 'Because.', fix: 'put it first: [memory_limiter, batch]', claims: ['PO-2'],
};
const configuration = (findings: readonly LintFinding[], processors: readonly string[] = ['memory_limiter', 'batch']): LintedConfiguration => ({ file: late.file, pipelines: { 'traces/shop': processors, 'logs/shop': [] }, findings });

test('a misorder breaks the claim with file, line and rule, and points to the lines of a user\'s own file', () => {
  const found = judgeOrder([configuration([late, { ...late, rule: 'exporter-no-retry', line: 9 }])], 'mine.yaml');
  expect(found).toMatchObject({
    holds: false, observed: 'collector/collector.yaml:61:11 limiter-not-first: memory_limiter of pipeline traces/shop comes after batch',
    cause: 'Because. The fix: put it first: [memory_limiter, batch]; the lines of your own file: plumbline lint mine.yaml',
  });
  expect(JSON.stringify(found)).toMatch(order.twin.symptom);
});

test('what is no matter of the order does not break it, and a warning is told', () => {
  const found = judgeOrder([configuration([{ ...late, rule: 'exporter-no-retry' }, { ...late, rule: 'enrichment-after-filter', severity: 'warning', message: 'x asks for y' }])]);
  expect(found).toMatchObject({ holds: true, observed: '2 pipelines in order, traces/shop: memory_limiter, batch; warning: collector/collector.yaml:61:11 enrichment-after-filter: x asks for y' });
  expect(found).not.toHaveProperty('cause');
});

test('pipelines of one processor have no order to get wrong, unless what they lack is a limiter', () => {
  expect(judgeOrder([configuration([], ['memory_limiter'])])).toEqual({ skipped: 'each of 2 pipelines has one processor at most: there is no order' });
  expect(judgeOrder([configuration([{ ...late, rule: 'limiter-missing' }], ['batch'])])).toMatchObject({ holds: false });
});

function sent(items: number, stored: number, refused: readonly (readonly [number, number])[] = [], planned = items): Sent {
  const found = Uint32Array.from({ length: stored }, (_, index) => index);
  const flow = { name: 'f', planned, sent: items, resends: refused.length, firstRefusals: refused.map((range) => ({ status: 503, requests: 1, items: range[1] - range[0], ranges: [range], firstBody: '' })) } as unknown as FlowState;
  return { flow, ledger: reckon({ sent: items, acknowledged: [[0, items]], refused: [], firstLook: found, lastLook: found }) };
}

const right: ReasonSeen = { dropped: sent(500, 0), kept: sent(500, 500), flood: sent(1000, 1000, [[100, 400]]), refusedFirst: [[100, 400]], taken: 1000, linted: [], logLine: undefined };

test('in the right order the filter drops, and what was refused is there in the end', () => {
  expect(judgeReason(right)).toMatchObject({
    holds: true, observed: 'the filter dropped 500 of 500 spans, and 0 of 500 that it should leave alone; 300 of 1000 spans refused at first, all acknowledged in the end, none lost',
    evidence: [{ headline: true, data: [{ what: 'to be dropped', stored: 0 }, { what: 'to be kept', stored: 500 }, { what: 'flood', refusedFirst: 300, stored: 1000, takenByGate: 1000 }] }, {}, {}, {}],
  });
});

test('in the wrong order the filter drops nothing, and what was acknowledged is lost; lint says why', () => {
  const wrong = judgeReason({ ...right, dropped: sent(500, 500), flood: sent(1000, 600), refusedFirst: [], taken: 600, linted: [late], logLine: 'Sender failed: data refused' });
  expect(wrong).toMatchObject({
    holds: false, observed: 'the filter dropped 0 of 500 spans, and 0 of 500 that it should leave alone; 400 of 1000 acknowledged spans lost, 0 refused',
    cause: 'collector/collector.yaml:61:11 limiter-not-first: memory_limiter of pipeline traces/shop comes after batch; the collector: Sender failed: data refused',
  });
  expect(wrong.observed).toMatch(reason.twin.symptom);
});

test('each half breaks the claim by itself, and neither of them is the twin\'s failure alone', () => {
  const halves = [{ dropped: sent(500, 20) }, { kept: sent(500, 499) }, { flood: sent(1000, 999, [[0, 9]]) }, { refusedFirst: [] }, { flood: sent(990, 990, [[0, 9]], 1000) }];
  for (const half of halves) {
    const found = judgeReason({ ...right, ...half });
    expect(found.holds, JSON.stringify(half)).toBe(false);
    expect(found.observed).not.toMatch(reason.twin.symptom);
  }
  expect(judgeReason({ ...right, refusedFirst: [] }).observed).toContain('the flood was too small to show anything');
});
