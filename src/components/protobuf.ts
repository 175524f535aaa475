/** Just enough of the protobuf wire format to find fields in answers that are much cheaper than their JSON. */

const varint = 0;
const fixed64 = 1;
const bytes = 2;
const fixed32 = 5;

/**
 * Every value of one length-delimited field of a message, in order; other fields are skipped.
 * @throws Error where the bytes are no message
 */
export function* fieldsOf(message: Buffer, field: number): Generator<Buffer> {
  let at = 0;
  while (at < message.length) {
    const [key, afterKey] = readVarint(message, at);
    const [start, end] = contentOf(message, key & 7, afterKey);
    at = end;
    if (key >>> 3 === field && (key & 7) === bytes) yield message.subarray(start, at);
  }
}

/** A field as it lies in a message: its bytes, or the number of a varint. */
export interface Field {
  readonly field: number;
  readonly bytes: Buffer;
  readonly varint: number;
}

/** Every field of a message in order, whatever its type. @throws Error where the bytes are no message */
export function* everyField(message: Buffer): Generator<Field> {
  let at = 0;
  while (at < message.length) {
    const [key, afterKey] = readVarint(message, at);
    const [start, end] = contentOf(message, key & 7, afterKey);
    at = end;
    yield { field: key >>> 3, bytes: message.subarray(start, at), varint: (key & 7) === varint ? readVarint(message, afterKey)[0] : 0 };
  }
}

/** Where a value's content starts and ends. @throws Error where that is beyond the message */
function contentOf(message: Buffer, wire: number, at: number): readonly [number, number] {
  const [length, start] = lengthOf(message, wire, at);
  if (start + length > message.length) throw new Error(`a field of ${length} bytes in a message of ${message.length}`);
  return [start, start + length];
}

/** Length and start of a value's content. */
function lengthOf(message: Buffer, wire: number, at: number): readonly [number, number] {
  if (wire === bytes) return readVarint(message, at);
  if (wire === fixed64) return [8, at];
  if (wire === fixed32) return [4, at];
  if (wire === varint) return [0, readVarint(message, at)[1]];
  throw new Error(`no protobuf: wire type ${wire} at byte ${at}`);
}

/** The value and where it ends. Values beyond 2^53 lose digits; lengths and field numbers are far below. */
function readVarint(message: Buffer, from: number): readonly [number, number] {
  let value = 0;
  let scale = 1;
  for (let at = from; at < message.length; at += 1) {
    const byte = message[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return [value, at + 1];
    scale *= 128;
  }
  throw new Error('no protobuf: it ends in the middle of a number');
}
