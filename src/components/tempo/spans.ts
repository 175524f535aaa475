/** OTLP traces, as Tempo answers them, as plain data. Pure: bytes in, spans out. */
import { everyField, fieldsOf } from '../protobuf.ts';

export type AttributeValue = string | number | boolean | readonly AttributeValue[] | null;

export interface StoredSpan {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
  /** Empty where it has no parent at all. */
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: SpanKind;
  /** The resource's service.name. */
  readonly service: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly resource: Readonly<Record<string, AttributeValue>>;
  /** Milliseconds since the epoch, and its length; exact to a microsecond. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly status: 'unset' | 'ok' | 'error';
}

// Names in the order of their numbers in opentelemetry/proto/trace/v1/trace.proto.
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;
export type SpanKind = (typeof kinds)[number];

/** All spans of a TracesData, in the order in which they lie there. @throws Error where the bytes are no message */
export function spansOf(traces: Buffer): readonly StoredSpan[] {
  const spans: StoredSpan[] = [];
  for (const batch of fieldsOf(traces, 1)) {
    const [resourceMessage = Buffer.alloc(0)] = fieldsOf(batch, 1);
    const resource = attributesOf(fieldsOf(resourceMessage, 1));
    for (const scope of fieldsOf(batch, 2)) for (const span of fieldsOf(scope, 2)) spans.push(spanOf(span, resource));
  }
  return spans;
}

function spanOf(message: Buffer, resource: StoredSpan['resource']): StoredSpan {
  const empty = Buffer.alloc(0);
  const found = new Map([...everyField(message)].map((one) => [one.field, one]));
  const bytes = (field: number): Buffer => found.get(field)?.bytes ?? empty;
  const startNs = nanoseconds(bytes(7));
  const status = [...everyField(bytes(15))].find(({ field }) => field === 3)?.varint ?? 0;
  return {
    traceId: bytes(1).toString('hex'), spanId: bytes(2).toString('hex'), parentSpanId: parentOf(bytes(4)), name: bytes(5).toString(),
    kind: kinds[found.get(6)?.varint ?? 0] ?? 'unspecified', service: String(resource['service.name'] ?? ''),
    attributes: attributesOf(fieldsOf(message, 9)), resource,
    startMs: milliseconds(startNs), durationMs: milliseconds(nanoseconds(bytes(8)) - startNs), status: statuses[status] ?? 'unset',
  };
}

/** Eight zeros say no parent, as does a field that is not there. */
function parentOf(id: Buffer): string {
  return id.every((byte) => byte === 0) ? '' : id.toString('hex');
}

function nanoseconds(fixed64: Buffer): bigint {
  return fixed64.length === 8 ? fixed64.readBigUInt64LE() : 0n;
}

function milliseconds(ns: bigint): number {
  return Number(ns / 1000n) / 1000;
}

function attributesOf(keyValues: Iterable<Buffer>): Readonly<Record<string, AttributeValue>> {
  return Object.fromEntries([...keyValues].map((keyValue) => {
    const [key = Buffer.alloc(0)] = fieldsOf(keyValue, 1);
    const [value = Buffer.alloc(0)] = fieldsOf(keyValue, 2);
    return [key.toString(), valueOf(value)];
  }));
}

/** An AnyValue; maps and bytes, which no convention that is asked for here has, are null. */
function valueOf(message: Buffer): AttributeValue {
  const [one] = everyField(message);
  switch (one?.field) {
    case 1: return one.bytes.toString();
    case 2: return one.varint === 1;
    case 3: return one.varint;
    case 4: return one.bytes.readDoubleLE();
    case 5: return [...fieldsOf(one.bytes, 1)].map(valueOf);
    default: return null;
  }
}
