import { defineClaim, judgedBy } from '../../helpers/index.ts';
import type { Finding } from '../../helpers/index.ts';
import { expectedSpans, lackingOf } from './expected-spans.ts';
import { injection } from './injection.ts';
import type { Injection } from './injection.ts';

/** Metrics that an app's agent is expected to send; names of both generations of conventions. */
const expectedMetrics = {
  storefront: [{ what: 'HTTP server', name: /^http_server_/ }, { what: 'HTTP client', name: /^http_client_/ }],
  orders: [{ what: 'HTTP server', name: /^http_server_/ }, { what: 'JVM', name: /^(process_runtime_)?jvm_/ }, { what: 'database connections', name: /^db_client_connections?_/ }],
} as const;

export default defineClaim({
  id: 'AI-2',
  area: 'auto-instrumentation',
  claim: 'the expected spans, metrics and attributes arrive, in one trace across both languages',
  platform: new URL('./injected.yaml', import.meta.url),
  twin: {
    wrong: 'the propagators are set to none',
    patch: new URL('./one-trace.twin.yaml', import.meta.url),
    symptom: /0 of \d+ requests have one whole trace/,
  },
  usualSecondsPerSide: 30,
  check: judgedBy(injection, judge),
});

function judge({ requests, traces, heard }: Injection): Finding {
  const lacking = [...traces].map(([number, spans]) => ({ number, lacks: lackingOf(spans) })).filter(({ lacks }) => lacks.length > 0);
  const whole = traces.size - lacking.length;
  const silent = heard.flatMap(({ app, metrics }) => expectedMetrics[app].filter(({ name }) => !metrics.some((metric) => name.test(metric))).map(({ what }) => `${app} sends no ${what} metric`));
  const [first] = lacking;
  const cause = first ? `request ${first.number}: ${first.lacks[0]}` : silent[0] ?? `no span of any request is in the trace that it was sent with`;
  return {
    holds: whole === requests && requests > 0 && silent.length === 0,
    expected: `one trace for each of ${requests} requests with ${expectedSpans.map(({ what }) => what).join(', ')}; metrics of HTTP, JVM and database connections`,
    observed: [`${whole} of ${requests} requests have one whole trace across both languages`, ...silent].join('; '),
    ...(whole === requests && silent.length === 0 ? {} : { cause }),
    evidence: [
      { what: 'one request\'s trace', shape: 'table', data: exampleOf(traces) },
      { what: 'metrics by app', data: heard.map(({ app, metrics }) => ({ app, metrics })) },
      { what: 'requests without a whole trace, the first ones', data: lacking.slice(0, 5) },
    ],
  };
}

function exampleOf(traces: Injection['traces']): readonly object[] {
  const spans = [...traces.values()][0] ?? [];
  return spans.toSorted((a, b) => a.startMs - b.startMs).map(({ service, kind, name, durationMs, parentSpanId, spanId, attributes }) => (
    { service, kind, name, durationMs, spanId, parentSpanId, attributes: Object.keys(attributes).toSorted().join(' ') }));
}
