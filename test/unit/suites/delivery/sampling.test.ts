import { expect, test } from 'vitest';
import { servicesOf, traceKind } from '../../../../helpers/index.ts';
import type { ServiceFlow } from '../../../../helpers/index.ts';
import { sentSpan, serviceTraceId } from '../../../../src/components/sender/service-traces.ts';
import { judgeSampling } from '../../../../suites/delivery/sampling-judge.ts';

const flow: ServiceFlow = { name: 'f', services: 3, batch: 5, errorEvery: 4, slowEvery: 4 };
const sent = 200;

const chain = servicesOf(flow).map((service, position) => ({ spanId: `s${position}`, parentSpanId: position === 0 ? '' : `s${position - 1}`, name: 'item', service }));

/** Every fifth of the others kept, unless `spoil` says what there is of a trace. */
function judged(spoil: (trace: number) => typeof chain | undefined = () => undefined, keepPercent = 20) {
  const all = Array.from({ length: sent }, (_, trace) => trace);
  const kept = all.filter((trace) => traceKind(flow, trace) !== 'plain' || trace % 10 === 1 || trace % 10 === 6);
  const traces = new Map(kept.map((trace) => [trace, spoil(trace) ?? chain]));
  for (const trace of all) if (traces.get(trace)?.length === 0) traces.delete(trace);
  return judgeSampling({ flow, sent, keepPercent, pAbove: 0.001, traces });
}

test('kinds are those of the sender', () => {
  expect([0, 1, 2, 3, 4, 7].map((trace) => traceKind(flow, trace))).toEqual(['error', 'plain', 'plain', 'slow', 'error', 'slow']);
  expect(servicesOf(flow)).toEqual(['f-000000', 'f-000001', 'f-000002']);
  // As fixtures/sender's own test has it for `t-1`.
  expect(serviceTraceId({ name: 't-1' }, 1)).toBe('5627091943b2a601dbd238973a2b148a');
});

test('a span\'s service and parent follow from its number', () => {
  // Number 37 of blocks of 15: the third block's second service, whose root is five before.
  expect(sentSpan(flow, '0000000000000026')).toEqual({ spanId: '0000000000000026', parentSpanId: '0000000000000021', name: 'item', service: 'f-000001' });
  expect(sentSpan(flow, '0000000000000021')).toMatchObject({ parentSpanId: '', service: 'f-000000' });
});

test('all failed and slow traces whole and the asked share of the others hold', () => {
  expect(judged()).toMatchObject({ holds: true, observed: '50 failed and 50 slow traces whole, 20 of 100 others kept (20.00 %, p 1.0)' });
});

test('one failed trace without one of its spans does not', () => {
  const finding = judged((trace) => (trace === 8 ? chain.slice(0, 2) : undefined));
  expect(finding).toMatchObject({ holds: false, cause: 'trace 8 (error): no span of f-000002' });
  expect(finding.observed).toContain('1 traces only in part');
});

test('one slow trace that is lost does not', () => {
  expect(judged((trace) => (trace === 3 ? [] : undefined))).toMatchObject({ holds: false, cause: 'trace 3 (slow): no span at all' });
});

test('a span twice in one of the others does not', () => {
  expect(judged((trace) => (trace === 1 ? [...chain, ...chain.slice(2)] : undefined))).toMatchObject({ holds: false, cause: 'trace 1 (plain): 1 spans more than once' });
});

test('another share of the others does not', () => {
  const finding = judged(undefined, 50);
  expect(finding.holds).toBe(false);
  expect(finding.cause).toContain('20.00 % of the others were kept in place of 50 %');
});
