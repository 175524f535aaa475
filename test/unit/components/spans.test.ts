import { expect, test } from 'vitest';
import { spansOf } from '../../../src/components/tempo/spans.ts';

const bytes = (field: number, content: Buffer | string): Buffer => Buffer.concat([Buffer.from([(field << 3) | 2, Buffer.from(content).length]), Buffer.from(content)]);
const varint = (field: number, value: number): Buffer => Buffer.from([field << 3, value]);
const fixed64 = (field: number, value: bigint): Buffer => {
  const out = Buffer.alloc(9, (field << 3) | 1);
  out.writeBigUInt64LE(value, 1);
  return out;
};
const attribute = (key: string, value: Buffer): Buffer => Buffer.concat([bytes(1, key), bytes(2, value)]);

test('a span is read with its service, links, times, attributes and status', () => {
  const span = Buffer.concat([
    bytes(1, Buffer.from('0123456789abcdef0000000000000007', 'hex')), bytes(2, Buffer.from('00000000000000aa', 'hex')), bytes(4, Buffer.from('00000000000000bb', 'hex')),
    bytes(5, 'GET /x'), varint(6, 2), fixed64(7, 1_700_000_000_123_456_000n), fixed64(8, 1_700_000_000_125_956_000n),
    bytes(9, attribute('n', varint(3, 5))), bytes(9, attribute('b', varint(2, 1))), bytes(9, attribute('l', bytes(5, Buffer.concat([bytes(1, bytes(1, 'a')), bytes(1, bytes(1, 'b'))])))),
    bytes(15, varint(3, 2)),
  ]);
  const resource = bytes(1, attribute('service.name', bytes(1, 'orders')));
  expect(spansOf(long(1, Buffer.concat([bytes(1, resource), long(2, long(2, span))])))).toEqual([{
    traceId: '0123456789abcdef0000000000000007', spanId: '00000000000000aa', parentSpanId: '00000000000000bb', name: 'GET /x', kind: 'server', service: 'orders',
    attributes: { n: 5, b: true, l: ['a', 'b'] }, resource: { 'service.name': 'orders' }, startMs: 1_700_000_000_123.456, durationMs: 2.5, status: 'error',
  }]);
});

test('zeros are no parent, and what is left out has its default', () => {
  const span = Buffer.concat([bytes(2, Buffer.alloc(8, 1)), bytes(4, Buffer.alloc(8))]);
  const [only] = spansOf(bytes(1, bytes(2, bytes(2, span))));
  expect(only).toMatchObject({ parentSpanId: '', service: '', kind: 'unspecified', status: 'unset', durationMs: 0 });
});

/** A field whose length takes two bytes. */
function long(field: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, (content.length & 0x7f) | 0x80, content.length >> 7]), content]);
}
