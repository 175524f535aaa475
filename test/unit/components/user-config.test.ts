import { expect, test } from 'vitest';
import { PlumblineError } from '../../../src/errors.ts';
import { builtWith } from '../../../src/components/collector/user-config-build.ts';
import { readUserConfig } from '../../../src/components/collector/user-config-file.ts';
import { enriches, podFacts } from '../../../src/components/collector/user-config-references.ts';
import { takeConfig } from '../../../src/components/collector/user-config-take.ts';
import type { TakenConfig } from '../../../src/components/collector/user-config-take.ts';

const plain = `
receivers: {otlp: {protocols: {grpc: {}}}, prometheus: {config: {}}}
processors:
  batch: {timeout: 2s}
  batch/unused: {}
  resource/env: {attributes: [{key: env, value: dev, action: upsert}]}
  memory_limiter: {check_interval: 1s, limit_mib: 100}
exporters:
  debug:
  otlphttp/tempo: {endpoint: 'https://tempo.example', headers: {authorization: secret}, tls: {insecure: true}, auth: {authenticator: a}, compression: none, max_conns_per_host: 4}
  otlp/loki: {endpoint: 'loki.example:4317', retry_on_failure: {max_interval: 5s}, sending_queue: {queue_size: 10, storage: file_storage/q}, keepalive: {time: 1s}, headers: {a: b}}
extensions: {health_check: {}, pprof: {}, file_storage/q: {directory: /q}}
service:
  extensions: [health_check, pprof, file_storage/q]
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, resource/env, batch], exporters: [debug, otlphttp/tempo]}
    logs/app: {receivers: [otlp, prometheus], processors: [batch], exporters: [otlp/loki]}
`;

const take = (text: string): TakenConfig => takeConfig(text, 'mine.yaml');

function refusal(text: string): string {
  try {
    take(text);
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    const { code, kind, expected, seen, next } = error.problem;
    expect([code, kind, expected]).toEqual(['PL-COLLECTOR-CONFIG', 'usage', expect.stringContaining('mine.yaml')]);
    return `${expected}: ${seen}; ${next}`;
  }
  return 'nothing was thrown';
}

/** A configuration of these pipelines, with two processors and two exporters. */
const piped = (pipelines: string, more = ''): string => `
processors: {batch: {}, memory_limiter: {limit_mib: 9}}
exporters: {otlphttp: {}, debug: {}}
${more}
service: {pipelines: {${pipelines}}}
`;

test('of each signal the processors are taken in their order, with their settings and nobody else\'s', () => {
  const { config } = take(plain);
  expect(config.pipelines.traces?.processors).toEqual(['memory_limiter', 'resource/env', 'batch']);
  expect(config.pipelines.logs?.processors).toEqual(['batch']);
  expect(config.processors).toEqual({
    batch: { timeout: '2s' }, memory_limiter: { check_interval: '1s', limit_mib: 100 },
    'resource/env': { attributes: [{ key: 'env', value: 'dev', action: 'upsert' }] },
  });
});

test('an exporter over HTTP keeps all but where it leads and as whom; one by gRPC keeps queue, retry, timeout and compression', () => {
  const { traces, logs } = take(plain).config.pipelines;
  expect(traces?.exporter).toEqual({ compression: 'none', max_conns_per_host: 4 });
  // The default of gRPC is 5 s, and that of HTTP 30.
  expect(logs?.exporter).toEqual({ timeout: '5s', retry_on_failure: { max_interval: '5s' }, sending_queue: { queue_size: 10, storage: 'file_storage/q' } });
});

test('what is not in the collectors as it was written is said', () => {
  expect(take(plain).notes).toEqual([
    'traces: exporter debug is left out',
    'it has no pipeline of metrics, and the seed\'s is in its place',
    'logs/app: receiver prometheus is left out',
    'otlp/loki sends over HTTP here, not by gRPC',
    'otlp/loki: keepalive is of gRPC and left out',
    'otlp/loki: what file_storage/q keeps of its queue, Plumbline\'s own file_storage does',
    'service: extension pprof is left out',
  ]);
  expect(take(piped('metrics: {exporters: [debug]}')).notes).toContain('metrics: no exporter of it sends OTLP (debug), and the seed\'s is in its place');
  expect(take(piped('metrics: {exporters: [debug]}')).config.pipelines.metrics).toEqual({ processors: [] });
});

test('data goes out as every backend and the gate read it', () => {
  const sent = (settings: string): unknown => {
    const { config, notes } = take(piped('traces: {exporters: [otlphttp]}').replace('otlphttp: {}', `otlphttp: {${settings}}`));
    return [config.pipelines.traces?.exporter, notes.filter((note) => note.startsWith('otlphttp'))];
  };
  expect(sent('compression: gzip, compression_params: {level: 1}, encoding: proto')).toEqual([{ compression: 'gzip', compression_params: { level: 1 }, encoding: 'proto' }, []]);
  expect(sent('compression: zstd, compression_params: {level: 11}, encoding: json')).toEqual([{}, ['otlphttp: compression zstd is gzip here, which every backend reads', 'otlphttp: encoding json is protobuf here']]);
});

test('of several pipelines of a signal the one that takes OTLP is meant, if it is one', () => {
  const two = (first: string, second: string): string => piped(`traces/a: {receivers: [${first}], processors: [batch]}, traces/b: {receivers: [${second}], processors: [memory_limiter]}`);
  expect(take(two('zipkin', 'otlp/x')).config.pipelines.traces?.processors).toEqual(['memory_limiter']);
  expect(refusal(two('otlp', 'otlp/x'))).toContain('traces/a, traces/b, all of which do');
  expect(refusal(two('zipkin', 'jaeger'))).toContain('traces/a, traces/b, none of which does');
});

test('a limiter that is not in the user\'s pipeline is not put there', () => {
  expect(take(piped('traces: {processors: [batch], exporters: [otlphttp]}')).config.pipelines.traces?.processors).toEqual(['batch']);
});

test('connectors, and what has no settings, are refused by name', () => {
  const connectors = 'connectors: {spanmetrics: {}}';
  expect(refusal(piped('traces: {exporters: [otlphttp, spanmetrics]}', connectors))).toContain('pipeline traces with connector spanmetrics');
  expect(refusal(piped('metrics: {receivers: [spanmetrics], exporters: [otlphttp]}', connectors))).toContain('pipeline metrics with connector spanmetrics');
  expect(refusal(piped('traces: {processors: [filter/x], exporters: [otlphttp]}'))).toContain('pipeline traces names filter/x, which has none');
  expect(refusal(piped('traces: {exporters: [otlphttp/x]}'))).toContain('pipeline traces names otlphttp/x, which has none');
  expect(refusal(piped('profiles: {exporters: [otlphttp]}'))).toContain('a pipeline of traces, metrics, logs in mine.yaml: none');
});

test('the operator\'s resource is taken in both its versions, and Helm values by their config', () => {
  const inner = take(plain);
  const indented = plain.replaceAll('\n', '\n    ');
  const resource = (version: string, config: string): string => `apiVersion: opentelemetry.io/${version}\nkind: OpenTelemetryCollector\nspec:\n  mode: daemonset\n  config: ${config}`;
  expect(take(resource('v1beta1', indented))).toEqual(inner);
  expect(take(resource('v1alpha1', `|${indented}`))).toEqual(inner);
  expect(take(`mode: daemonset\nconfig: ${indented}`)).toEqual(inner);
  expect(refusal(resource('v1alpha1', '"a: ["'))).toContain('YAML under spec.config');
  expect(refusal('kind: OpenTelemetryCollector')).toContain('a collector\'s configuration');
});

test('of Helm values only whole pipelines are taken: the rest of one is in the chart', () => {
  const values = (pipeline: string): string => `config: {exporters: {otlphttp: {}}, service: {pipelines: {traces: {${pipeline}exporters: [otlphttp]}}}}`;
  expect(refusal(values(''))).toMatch(/pipeline traces of Helm values without its processors; .*helm template/);
  expect(refusal(values('processors: [batch], '))).toMatch(/names batch, which has none; .*helm template/);
  expect(refusal('config: {exporters: {otlphttp: {}}}')).toMatch(/service: .*helm template/);
  expect(take(values('processors: [], ')).config.pipelines.traces?.processors).toEqual([]);
});

test('of several documents the one with a configuration is taken', () => {
  const others = 'kind: ConfigMap\nconfig: {service: {}}\n---\n';
  expect(take(`${others}${plain}`)).toEqual(take(plain));
  expect(refusal(`${plain}\n---\n${plain}`)).toContain('2 documents that have one');
  expect(refusal(others)).toContain(': none');
  expect(refusal('')).toContain(': none');
  expect(refusal('a: [')).toContain('YAML in mine.yaml');
  expect(refusal('service: {pipelines: [traces]}')).toContain('service.pipelines: ');
});

test('a reference stays where a pod can follow it; one that would be empty is refused', () => {
  const withValue = (value: string): string => piped('traces: {processors: [resource], exporters: [otlphttp]}').replace('batch: {}', () => `resource: {attributes: [{key: a, value: '${value}'}]}`);
  for (const value of ['${env:CLUSTER:-dev}', '${env:K8S_NODE_NAME}', '${POD_IP}', '$${env:CLUSTER}', '${yaml:7}']) {
    expect(take(withValue(value)).config.processors['resource']).toEqual({ attributes: [{ key: 'a', value }] });
  }
  for (const value of ['${env:CLUSTER}', 'x-${CLUSTER}', '${file:/etc/x}', '${CLUSTER:-dev}', '$$${env:CLUSTER}']) {
    expect(refusal(withValue(value))).toContain(`resource: ${value.replace('x-', '')};`);
  }
  // What is replaced may refer to whatever it likes.
  expect(take(plain.replace('https://tempo.example', '${env:TEMPO_URL}'))).toEqual(take(plain));
  expect(refusal(plain.replace('max_interval: 5s', 'max_interval: "${env:PAUSE}"'))).toContain('the exporter of logs: ${env:PAUSE}');
});

test('pods are told of themselves what a configuration asks for', () => {
  const { config } = take(piped('traces: {processors: [k8sattributes], exporters: [otlphttp]}').replace('batch: {}', 'k8sattributes: {filter: {node_from_env_var: KUBE_NODE_NAME}, x: "${env:MY_POD_IP}"}'));
  expect(podFacts(config)).toEqual({ KUBE_NODE_NAME: 'spec.nodeName', MY_POD_IP: 'status.podIP' });
  expect([enriches(config), enriches(take(plain).config), podFacts(take(plain).config)]).toEqual([true, false, {}]);
});

test('what a collector is built with is told by its lock', () => {
  expect(builtWith('processors', '0.131.0')).toEqual(['batch', 'memory_limiter', 'attributes', 'filter', 'k8sattributes', 'resource', 'tail_sampling', 'transform']);
  expect(builtWith('extensions', '0.131.0')).toEqual(['health_check', 'file_storage']);
  expect(builtWith('processors', '0.156.0')).toEqual(['batch', 'memory_limiter', 'attributes', 'filter', 'resource', 'tail_sampling', 'transform']);
  expect(builtWith('processors', '0.1.0')).toBeUndefined();
});

test('a file that cannot be read is wrong use', async () => {
  await expect(readUserConfig('/nowhere/collector.yaml')).rejects.toMatchObject({ problem: { code: 'PL-COLLECTOR-CONFIG', kind: 'usage', seen: expect.stringContaining('ENOENT') as string } });
});
