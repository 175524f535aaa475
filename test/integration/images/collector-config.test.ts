import { execa } from 'execa';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { buildBinary } from '../../../src/builds/binary.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { tenantCollectorConfig } from '../../../src/components/collector/tenant-config.ts';
import { builtWith } from '../../../src/components/collector/user-config-build.ts';
import { podFacts } from '../../../src/components/collector/user-config-references.ts';
import { takeConfig } from '../../../src/components/collector/user-config-take.ts';
import { complaintOf } from '../../../src/components/collector/user-config-validate.ts';
import type { UserConfig } from '../../../src/components/collector/user-config.ts';

/** An agent's configuration as charts have it, with a queue in files. */
const agent = `
receivers: {otlp: {protocols: {grpc: {endpoint: '\${env:MY_POD_IP}:4317'}}}, hostmetrics: {scrapers: {cpu: {}}}}
processors:
  memory_limiter: {check_interval: 5s, limit_percentage: 80, spike_limit_percentage: 25}
  k8sattributes: {filter: {node_from_env_var: K8S_NODE_NAME}, extract: {metadata: [k8s.pod.name, k8s.deployment.name]}}
  resource: {attributes: [{key: cluster, value: '\${env:CLUSTER:-dev}', action: insert}]}
  filter/health: {error_mode: ignore, traces: {span: ['attributes["http.target"] == "/healthz"']}}
  transform: {trace_statements: ['set(span.attributes["a"], "b")']}
  batch: {timeout: 1s, send_batch_size: 1000, send_batch_max_size: 1500}
exporters:
  debug:
  otlp/tempo: {endpoint: 'tempo:4317', tls: {insecure: true}, keepalive: {time: 10s}, sending_queue: {num_consumers: 4, queue_size: 500, storage: file_storage/q}, retry_on_failure: {initial_interval: 1s}}
  otlphttp/mimir: {endpoint: 'http://mimir/otlp', compression: snappy, timeout: 10s, sending_queue: {sizer: items, queue_size: 10000, batch: {flush_timeout: 1s, min_size: 100}}}
extensions: {file_storage/q: {directory: /q}, pprof: {}}
service:
  extensions: [file_storage/q, pprof]
  telemetry: {logs: {level: debug}}
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, k8sattributes, resource, filter/health, transform, batch], exporters: [debug, otlp/tempo]}
    metrics: {receivers: [otlp, hostmetrics], processors: [resource], exporters: [otlphttp/mimir]}
`;

async function collector(version: string): Promise<string> {
  const { path } = await buildBinary(collectorImage(version).build, { signal: new AbortController().signal, runId: 'config', step: { note: () => undefined, cached: () => undefined } });
  return path;
}

function mine(text: string): UserConfig {
  return { file: 'mine.yaml', digest: 'sha256:0', ...takeConfig(text, 'mine.yaml').config, said: [] };
}

/** What the real collector has against what is composed of the agent's configuration for a platform that says the opposite of it. */
async function complaints(said: readonly string[]): Promise<string> {
  const user = { ...mine(agent), said: [...said] };
  const config = tenantCollectorConfig({
    tenants: [{ name: 'dev', id: 'dev.x' }, { name: 'prod', id: 'prod.x' }], otlpUrls: { mimir: 'http://m:8080/otlp', loki: 'http://l:3100/otlp', tempo: 'http://t:4318' }, user,
    delivery: { retry: false, queue: 'none', batching: 'queue' }, files: { tenant: 'dev', receiver: { include: ['/var/log/x'] } },
  });
  const env = { CONFIG: config, ...Object.fromEntries(Object.keys(podFacts(user)).map((name) => [name, 'x'])) };
  const { exitCode, stderr } = await execa(await collector('0.131.0'), ['validate', '--config=env:CONFIG'], { env, reject: false });
  return exitCode === 0 ? '' : stderr;
}

test('the collector takes what is composed of a user\'s configuration, whatever of it a twin takes back', async () => {
  expect(await complaints([])).toBe('');
  expect(await complaints(['retry', 'queue'])).toBe('');
  expect(await complaints(['batching', 'memory.limiter'])).toBe('');
});

test('before anything is made, it says itself what it would not start with', async () => {
  await collector('0.131.0');
  const complaint = (written: string, instead: string) => complaintOf(mine(agent.replace(written, instead)), '0.131.0');
  expect(await complaint('x', 'x')).toBeUndefined();
  expect(await complaint('send_batch_size: 1000', 'send_batch_size: 2000')).toBe('processors::batch: send_batch_max_size must be greater or equal to send_batch_size');
  expect(await complaint('queue_size: 500', 'queue_sizes: 500')).toMatch(/'sending_queue' decoding failed due to the following error\(s\): '' has invalid keys: queue_sizes$/);
});

test('a collector has the components that its lock tells', async () => {
  const { stdout } = await execa(await collector('0.131.0'), ['components']);
  const own = parse(stdout) as Record<'processors' | 'extensions', readonly { readonly name: string }[]>;
  for (const kind of ['processors', 'extensions'] as const) expect([...(builtWith(kind, '0.131.0') ?? [])].sort()).toEqual(own[kind].map(({ name }) => name).sort());
});
