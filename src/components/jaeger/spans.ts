/** Traces as Jaeger's HTTP API answers them, as plain data. Pure: JSON in, spans out. */
import { z } from 'zod';

/** What links a span to its trace; the names are those of StoredSpan. */
export interface JaegerSpan {
  /** 16 hex digits. */
  readonly spanId: string;
  /** Empty where it has no parent at all. */
  readonly parentSpanId: string;
  readonly name: string;
  /** The resource's service.name. */
  readonly service: string;
}

const reference = z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() });

const answer = z.object({
  data: z.array(z.object({
    traceID: z.string(),
    spans: z.array(z.object({ spanID: z.string(), operationName: z.string(), references: z.array(reference).nullish(), processID: z.string() })),
    processes: z.record(z.string(), z.object({ serviceName: z.string() })),
  })).nullable(),
});

/** Spans by trace id, 32 hex digits. @throws ZodError where it is no such answer */
export function jaegerSpans(body: unknown): ReadonlyMap<string, readonly JaegerSpan[]> {
  return new Map((answer.parse(body).data ?? []).map(({ traceID, spans, processes }) => [traceID.padStart(32, '0'), spans.map((span): JaegerSpan => ({
    spanId: span.spanID, name: span.operationName, service: processes[span.processID]?.serviceName ?? '',
    // A link is a reference too, into another trace as a rule.
    parentSpanId: span.references?.find((one) => one.refType === 'CHILD_OF' && one.traceID === traceID)?.spanID ?? '',
  }))]));
}
