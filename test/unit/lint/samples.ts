import type { Linted } from '../../../src/lint/finding.ts';
import { lintText } from '../../../src/lint/lint.ts';

/** A configuration in which nothing is to be found. */
export const clean = `receivers:
  otlp:
    protocols: {grpc: {}, http: {}}
processors:
  memory_limiter: {check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 25}
  k8sattributes:
  filter/kube-system:
    traces:
      span: ['resource.attributes["k8s.namespace.name"] == "kube-system"']
  batch:
exporters:
  otlphttp/tempo:
    endpoint: http://tempo:4318
    headers: {X-Scope-OrgID: scp-dev}
    retry_on_failure: {enabled: true}
    sending_queue: {enabled: true}
service:
  pipelines:
    traces:
      receivers: [otlp]
      processors: [memory_limiter, k8sattributes, filter/kube-system, batch]
      exporters: [otlphttp/tempo]
`;

/** The clean one with one thing changed; a change that changes nothing would test nothing. */
export function changed(from: string | RegExp, to: string, text = clean): string {
  const after = text.replace(from, to);
  if (after === text) throw new Error(`nothing matches ${String(from)}`);
  return after;
}

export function linted(text: string, named = true): Linted {
  return lintText({ path: 'collector.yaml', named }, text);
}

/** What is found, one line each: `21:20 error batch-not-last`. */
export function found(text: string): readonly string[] {
  return linted(text).findings.map(({ line, column, severity, rule }) => `${line}:${column} ${severity} ${rule}`);
}

/** A text, every line of it indented. */
export function indented(text: string, spaces: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(spaces));
}
