import { expect, test } from 'vitest';
import { Numbers } from '../../../src/components/backend-ask.ts';
import { cutPage } from '../../../src/components/loki/query.ts';
import type { LokiEntry } from '../../../src/components/loki/query.ts';
import { fieldsOf } from '../../../src/components/protobuf.ts';
import { traceIdOf } from '../../../src/components/tempo/query.ts';
import { acknowledgedRanges, refusedAtFirst, refusedRanges } from '../../../src/components/sender/flow.ts';
import type { FlowAnswer } from '../../../src/components/sender/flow.ts';

const entries = (...times: string[]): LokiEntry[] => times.map((ns, index) => [ns, `line ${index}`]);

test('a page that is not full is all there is', () => {
  expect(cutPage(entries('1', '2', '2'), 4)).toEqual({ lines: ['line 0', 'line 1', 'line 2'] });
});

test('a full page leaves the lines of its last time to the next one, in whatever order streams come', () => {
  expect(cutPage(entries('9', '10', '7', '10'), 4)).toEqual({ lines: ['line 0', 'line 2'], nextNs: 10n });
});

test('a full page of one time would never end', () => {
  expect(() => cutPage(entries('5', '5'), 2)).toThrow('2 lines or more at 5 ns');
});

test('fields are found between values of every wire type', () => {
  const message = Buffer.from([
    0x08, 0x96, 0x01, // 1: varint 150
    0x12, 0x02, 0x61, 0x62, // 2: "ab"
    0x19, 1, 2, 3, 4, 5, 6, 7, 8, // 3: fixed64
    0x25, 1, 2, 3, 4, // 4: fixed32
    0x12, 0x00, // 2: ""
  ]);
  expect([...fieldsOf(message, 2)].map(String)).toEqual(['ab', '']);
});

test('what is cut off, or is none at all, is no message', () => {
  expect(() => [...fieldsOf(Buffer.from([0x12, 0x05, 0x61]), 2)]).toThrow('5 bytes');
  expect(() => [...fieldsOf(Buffer.from('<html>'), 2)]).toThrow('no protobuf');
  expect(() => [...fieldsOf(Buffer.from([0x80]), 2)]).toThrow('in the middle');
});

test('trace ids are those of the sender', () => {
  // 162b39ee07e00fd1 is what hash/fnv's New64a makes of `t-t1`: seen in a trace that fixtures/sender sent.
  expect(traceIdOf('t-t1', 2)).toBe('162b39ee07e00fd10000000000000002');
});

test('numbers grow past any size', () => {
  const numbers = new Numbers();
  for (let item = 0; item < 5000; item += 1) numbers.add(item);
  expect([numbers.done().length, numbers.done().at(-1)]).toEqual([5000, 4999]);
});

test('any 2xx is an acknowledgement; no answer is neither that nor a refusal', () => {
  const answer = (status: number, start: number): FlowAnswer => ({ status, requests: 1, items: 5, ranges: [[start, start + 5]], firstBody: '' });
  const state = { answers: [answer(0, 0), answer(200, 5), answer(204, 10), answer(429, 15)] };
  expect(acknowledgedRanges(state)).toEqual([[5, 10], [10, 15]]);
  expect(refusedRanges(state)).toEqual([[15, 20]]);
});

test('what was refused at first says nothing of what became of it', () => {
  const answer = (status: number, ranges: FlowAnswer['ranges']): FlowAnswer => ({ status, requests: ranges.length, items: 5 * ranges.length, ranges, firstBody: '' });
  const state = { answers: [answer(200, [[0, 15]]), answer(503, [[15, 20]])], firstRefusals: [answer(0, [[0, 5]]), answer(503, [[5, 10], [15, 20]])] };
  expect(refusedAtFirst(state)).toEqual([[0, 5], [5, 10], [15, 20]]);
  expect([acknowledgedRanges(state), refusedRanges(state)]).toEqual([[[0, 15]], [[15, 20]]]);
});
