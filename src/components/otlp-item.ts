import type { FlowSignal } from './sender/flow.ts';
import { traceIdOf } from './tempo/query.ts';

/** One item of a flow as an OTLP request in JSON, shaped as the sender's items are (fixtures/sender/shapes.go). @param atMs its time, milliseconds since the epoch */
export function otlpItem(signal: FlowSignal, flow: string, atMs: number): object {
  const at = `${BigInt(atMs) * 1_000_000n}`;
  const attribute = (key: string): object => ({ key, value: { stringValue: flow } });
  const resource = { attributes: [attribute('service.name')] };
  switch (signal) {
    case 'metrics': {
      const dataPoints = [{ timeUnixNano: at, asDouble: 0, attributes: [attribute('flow')] }];
      return { resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'plumbline_ledger_item', gauge: { dataPoints } }] }] }] };
    }
    case 'logs':
      return { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [{ timeUnixNano: at, body: { stringValue: `flow=${flow} item=0` } }] }] }] };
    case 'traces': {
      const span = { traceId: traceIdOf(flow, 0), spanId: '0000000000000001', name: 'item', kind: 1, startTimeUnixNano: at, endTimeUnixNano: at };
      return { resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] };
    }
  }
}
