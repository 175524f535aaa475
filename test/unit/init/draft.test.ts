import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { configIn } from '../../../src/cli/config.ts';
import { parseFile } from '../../../src/cli/config-file.ts';
import { configOnly } from '../../../src/cli/config-platforms.ts';
import { init } from '../../../src/cli/init.ts';
import { redact } from '../../../src/init/redact.ts';
import { componentOf } from '../../../src/init/versions.ts';
import { configMaps, nodes, workloads } from './samples.ts';

let folder = '';
let stdout = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plumbline-init-'));
  stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => ((stdout += String(text)), true));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

function file(name: string, ...documents: readonly (object | string)[]): string {
  const path = join(folder, name);
  writeFileSync(path, documents.map((one) => (typeof one === 'string' ? one : stringify(one))).join('---\n'));
  return path;
}

/** What init writes of files, and what the loader makes of that. */
async function written(...from: readonly string[]) {
  const output = join(folder, 'plumbline.config.yaml');
  expect(await init([], { from, output, force: true })).toBe(0);
  const read = parseFile(output);
  const config = configIn(read);
  return { text: readFileSync(output, 'utf8'), config, beside: await configOnly(config, read) };
}

describe('of a platform\'s objects', () => {
  it('versions, tenants with their limits, strategy and sizes are found, each with its origin', async () => {
    const { text, config, beside } = await written(file('all.yaml', ...workloads, ...configMaps, ...nodes));
    expect(config).toMatchObject({
      versions: { collector: '0.131.0', allocator: '0.127.0', mimir: '2.17.1' }, allocator: { strategy: 'per-node' },
      tenants: { 'team-b': { mimir: { ingestion_rate: 20_000 } }, 'team-a': {} }, nodeSizes: { 'node-2': { memoryMiB: 2048 }, 'node-3': { memoryMiB: 8192 } },
    });
    expect(Object.keys(config.tenants ?? {})).toEqual(['team-b', 'team-a']);
    expect(beside.inlineCollector?.config.pipelines).toMatchObject({ traces: { processors: ['memory_limiter', 'resource', 'batch'], exporter: { sending_queue: { queue_size: 5000 } } } });
    expect(text).toContain('  collector: 0.131.0 # ');
    expect(text).toMatch(/collector: 0\.131\.0 # .*DaemonSet observability\/agent, .*agent-b; also 0\.128\.0 \(.*gateway\)/);
    expect(text).toMatch(/# mimir 2\.17\.1 has no lock here \(3\.1\.0-20260423 have\)/);
    expect(text).toMatch(/strategy: per-node # .*ConfigMap observability\/allocator/);
    expect(text).toMatch(/# Not found out:\n# {3}the version of tempo: the tag of grafana\/tempo:latest says none \(.*StatefulSet observability\/tempo\)/);
  });

  it('no credential is written, and where one was is told', async () => {
    const { text } = await written(file('all.yaml', ...workloads, ...configMaps));
    expect(text).not.toContain('planted');
    expect(text).toMatch(/# Redacted, .*: exporters\.otlphttp\.endpoint, exporters\.otlphttp\.headers\.Authorization, exporters\.otlphttp\.headers\.X-Custom, exporters\.kafka\.auth\.sasl\.password, exporters\.kafka\.auth\.sasl\.access_key\./);
    expect(text).toContain('Authorization: ${env:OTLPHTTP_HEADERS_AUTHORIZATION}');
    expect(text).toContain('Authorization: ${env:FROM_ENV}');
    expect(text).toContain('https://otlp.example/otlp?token=redacted');
    expect(text).toContain('User-Agent: agent');
    expect(text).not.toMatch(/^ {4,6}(?:receivers|extensions|telemetry):/m);
  });

  it('the operator\'s resources are read, and a tenant alone makes no two', async () => {
    const config = { receivers: { otlp: null }, exporters: { otlp: { endpoint: 'x', headers: { 'x-scope-orgid': 'shop' } } }, service: { pipelines: { logs: { receivers: ['otlp'], exporters: ['otlp'] } } } };
    const resource = { apiVersion: 'opentelemetry.io/v1beta1', kind: 'OpenTelemetryCollector', metadata: { name: 'agent' }, spec: { image: 'otelcol-contrib:0.127.0', config, targetAllocator: { enabled: true, allocationStrategy: 'consistent-hashing' } } };
    const { text, config: read } = await written(file('list.yaml', { apiVersion: 'v1', kind: 'List', items: [resource] }));
    expect(read).toMatchObject({ versions: { collector: '0.127.0' }, allocator: { strategy: 'consistent-hashing' }, collector: { config: { exporters: { otlp: { endpoint: 'x' } } } } });
    expect(read).not.toHaveProperty('tenants');
    expect(text).toMatch(/# It takes two at least: one that must not notice\.\n# tenants:\n# {3}shop: \{\}/);
  });

  it('a disabled allocator is none', async () => {
    const resource = { kind: 'OpenTelemetryCollector', metadata: { name: 'agent' }, spec: { targetAllocator: { enabled: false, allocationStrategy: 'per-node' } } };
    const { text, config } = await written(file('one.yaml', resource));
    expect(config).not.toHaveProperty('allocator');
    expect(text).toContain('# allocator: null');
  });
});

describe('of other files', () => {
  it('Helm values have image and configuration, beneath which the chart has more', async () => {
    const values = { image: { repository: 'otel/opentelemetry-collector-k8s', tag: '0.131.0' }, config: { processors: { batch: {} }, exporters: { otlphttp: {} }, service: { pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['otlphttp'] } } } } };
    const { text, config } = await written(file('values.yaml', values));
    expect(config).toMatchObject({ versions: { collector: '0.131.0' }, collector: { config: { processors: { batch: {} } } } });
    expect(text).toContain('`plumbline init --from` what `helm template` prints has the whole');
  });

  it('a configuration that a run cannot take over is written beside the reason, and is no part of the file', async () => {
    const { text, config } = await written(file('c.yaml', 'receivers: {otlp: {}}\nconnectors: {spanmetrics: {}}\nexporters: {otlphttp: {}}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [spanmetrics, otlphttp]}}}\n'));
    expect(config).not.toHaveProperty('collector');
    expect(text).toMatch(/# It cannot be taken over as it is: .*connector spanmetrics\.\n# collector:\n# {3}config:\n/);
  });

  it('names with line breaks end no comment, and what is no YAML is told', async () => {
    const evil = { kind: 'DaemonSet', metadata: { name: 'a\nset: {nodes: 9}' }, spec: { template: { spec: { containers: [{ image: 'otelcol:0.131.0' }, { image: 'grafana/loki:3.5.1\nset: {nodes: 9}' }] } } } };
    const { text, config } = await written(file('evil.yaml', evil), file('broken.yaml', 'a: [1'), file('template.yaml', '{{- if .Values.x }}\na: 1\n'));
    expect(config).toEqual({ versions: { collector: '0.131.0' } });
    expect(text).toMatch(/# Not found out:\n# {3}.*broken\.yaml:\d+: /);
    expect(text).toMatch(/# {3}.*template\.yaml:1: /);
  });
});

describe('the file', () => {
  it('is never replaced without --force, can go to stdout, and without a source is empty', async () => {
    const output = join(folder, 'mine.yaml');
    writeFileSync(output, 'mine');
    await expect(init([], { output })).rejects.toMatchObject({ problem: { code: 'PL-FILE-EXISTS', kind: 'usage' } });
    expect(readFileSync(output, 'utf8')).toBe('mine');
    await init([], { output, force: true });
    expect(configIn(parseFile(output))).toEqual({});
    stdout = '';
    await init([], { output: '-' });
    expect(stdout).toMatch(/^# yaml-language-server: \$schema=\S*src\/cli\/config\.schema\.json\n/);
  });

  it('comes of one source, which must be there', async () => {
    await expect(init([], { from: ['x'], fromCluster: true })).rejects.toMatchObject({ problem: { code: 'PL-USAGE' } });
    await expect(init([], { from: [join(folder, 'none.yaml')], output: '-' })).rejects.toMatchObject({ problem: { code: 'PL-FILE-MISSING' } });
    await expect(init([], { fromCluster: 'a', kubeconfig: join(folder, 'none'), output: '-' })).rejects.toMatchObject({ problem: { code: 'PL-KUBECONFIG-MISSING' } });
  });
});

it.each([
  ['otel/opentelemetry-collector-contrib:0.131.0', 'collector', '0.131.0'], ['host:5000/a/mimir:v2.17.1', 'mimir', '2.17.1'], ['host:5000/a/mimir', 'mimir', undefined],
  ['grafana/loki:3.5.1@sha256:0123', 'loki', '3.5.1'], ['grafana/loki@sha256:0123', 'loki', undefined], ['grafana/tempo:main-abc', 'tempo', undefined],
  ['grafana/loki-canary:3.5.1', undefined, undefined], ['prometheus-operator:0.1.0', undefined, undefined], ['opentelemetry-operator:0.131.0', 'operator', '0.131.0'], ['', undefined, undefined],
  ['plumbline.local/mimir:3.1.0-20260423-0123456789ab', 'mimir', '3.1.0-20260423'], ['plumbline.local/sender:1-0123456789ab', undefined, undefined],
])('%s is %s %s', (image, component, version) => {
  const found = componentOf(image);
  expect([found?.component, found?.version]).toEqual([component, version]);
});

it.each([
  [{ password: 1234 }, { password: '${env:PASSWORD}' }], [{ a: { api_key: 'x', key_file: '/x', token_url: 'https://x' } }, { a: { api_key: '${env:A_API_KEY}', key_file: '/x', token_url: 'https://x' } }],
  [{ clientSecret: 'x', passwordFile: '/x', license_key: 'x', routing_key: 'traceID' }, { clientSecret: '${env:CLIENTSECRET}', passwordFile: '/x', license_key: '${env:LICENSE_KEY}', routing_key: 'traceID' }],
  [{ a: ['Basic dTpw', 'basic'] }, { a: ['${env:A_0}', 'basic'] }], [{ headers: { 'X-Scope-OrgID': 'a', Cookie: '' } }, { headers: { 'X-Scope-OrgID': 'a', Cookie: '' } }],
  [{ u: 'https://u:${env:P}@x' }, { u: 'https://u:${env:P}@x' }], [{ u: 'https://u:p${env:P}@x' }, { u: 'https://x' }], [{ batch: { timeout: '5s', key: 'k8s.pod.name', authenticator: 'basicauth' } }, { batch: { timeout: '5s', key: 'k8s.pod.name', authenticator: 'basicauth' } }],
])('%j is redacted to %j', (value, bare) => {
  expect(redact({ e: value }).value).toEqual({ e: bare });
});
