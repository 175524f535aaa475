/** What a platform of somebody's is described by; credentials in it are all called `planted-…`. */

const collectorConfig = `receivers:
  otlp: {protocols: {grpc: {}}}
  prometheus: {config: {scrape_configs: [{job_name: x, basic_auth: {username: u, password: planted-scrape}}]}}
extensions:
  basicauth: {client_auth: {username: u, password: planted-extension}}
processors:
  memory_limiter: {check_interval: 1s, limit_percentage: 80}
  batch: {send_batch_size: 8192}
  resource: {attributes: [{key: token, value: kept, action: insert}]}
exporters:
  otlphttp:
    endpoint: "https://user:planted-url@otlp.example/otlp?token=planted-query"
    headers: {X-Scope-OrgID: "\${env:TENANT}", Authorization: "Bearer planted-bearer", X-Custom: planted-custom, User-Agent: agent}
    sending_queue: {queue_size: 5000}
  otlphttp/second:
    endpoint: https://otlp.example
    headers: {Authorization: "\${env:FROM_ENV}"}
  kafka: {auth: {sasl: {username: u, password: "planted-sasl: # x", access_key: planted-key}}, tls: {key_file: /etc/key.pem}}
service:
  telemetry: {metrics: {level: detailed}}
  extensions: [basicauth]
  pipelines:
    traces: {receivers: [otlp], processors: [memory_limiter, resource, batch], exporters: [otlphttp]}
    metrics: {receivers: [prometheus], processors: [batch], exporters: [otlphttp/second]}
`;

function workload(kind: string, name: string, image: string, pod: object = {}, container: object = {}): object {
  return { apiVersion: 'apps/v1', kind, metadata: { namespace: 'observability', name }, spec: { template: { spec: { containers: [{ name: 'main', image, ...container }], ...pod } } } };
}

const mount = (name: string): object => ({ volumes: [{ name: 'config', configMap: { name } }] });
const env = (value: string): object => ({ env: [{ name: 'TENANT', value }] });

function configMap(name: string, data: Readonly<Record<string, string>>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'observability', name }, data };
}

export const configMaps: readonly object[] = [
  configMap('agent', { 'relay.yaml': collectorConfig }),
  configMap('mimir-runtime', { 'runtime.yaml': 'overrides:\n  team-b: {ingestion_rate: 20000}\n  other: {ingestion_rate: 1}\n' }),
  configMap('allocator', { 'targetallocator.yaml': 'allocation_strategy: per-node\nconfig: {scrape_configs: []}\n' }),
];

export const workloads: readonly object[] = [
  workload('DaemonSet', 'agent', 'mirror.example:5000/otel/opentelemetry-collector-contrib:0.131.0@sha256:00', mount('agent'), env('team-a')),
  workload('DaemonSet', 'agent-b', 'otel/opentelemetry-collector-contrib:0.131.0', mount('agent'), env('team-b')),
  workload('Deployment', 'gateway', 'otel/opentelemetry-collector:v0.128.0'),
  workload('Deployment', 'allocator', 'open-telemetry/opentelemetry-operator/target-allocator:0.127.0', mount('allocator')),
  workload('StatefulSet', 'mimir', 'grafana/mimir:2.17.1', mount('mimir-runtime')),
  workload('StatefulSet', 'tempo', 'grafana/tempo:latest'),
  workload('Deployment', 'web', 'nginx:1.27'),
];

export const nodes: readonly object[] = [
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'small' }, status: { capacity: { memory: '2097152Ki' } } },
  { apiVersion: 'v1', kind: 'Node', metadata: { name: 'large' }, status: { capacity: { memory: '8Gi' } } },
];
