import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/claims/catalog.ts';
import { bytesOf } from '../../../src/run/quantity.ts';
import { rules } from '../../../src/lint/rules.ts';
import { changed, clean, found, indented, linted } from './samples.ts';

const limiter = '{check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 25}';

describe('the limiter', () => {
  it.each([
    ['no check_interval', '{limit_percentage: 80}', '5:3 error limiter-invalid'],
    ['a check_interval of 0', '{check_interval: 0s, limit_mib: 400}', '5:20 error limiter-invalid'],
    ['no limit', '{check_interval: 1s}', '5:3 error limiter-invalid'],
    ['no settings', '', '5:3 error limiter-invalid'],
    ['a spike of the limit', '{check_interval: 1s, limit_mib: 400, spike_limit_mib: 400}', '5:56 error limiter-invalid'],
    ['a spike beyond the limit', '{check_interval: 1s, limit_percentage: 50, spike_limit_percentage: 60}', '5:62 error limiter-invalid'],
    ['more than all', '{check_interval: 1s, limit_percentage: 120}', '5:40 error limiter-invalid'],
    ['no headroom', '{check_interval: 1s, limit_percentage: 90}', '5:40 error limiter-no-headroom'],
    ['little headroom', '{check_interval: 1s, limit_percentage: 81}', '5:40 warning limiter-no-headroom'],
  ])('with %s is found', (_, settings, expected) => {
    expect(found(changed(limiter, settings))).toEqual([expected]);
  });

  it.each([
    '{check_interval: 100ms, limit_mib: 400}', '{check_interval: "${env:INTERVAL}", limit_mib: "${env:LIMIT}", spike_limit_mib: 4000}',
    '{check_interval: 1s, limit_mib: 4000, limit_percentage: 95}', '${file:limiter.yaml}',
  ])('with %s is right', (settings) => {
    expect(found(changed(limiter, settings))).toEqual([]);
  });

  it.each([['461', ['8:32 error limiter-no-headroom']], ['512', ['8:32 error limiter-no-headroom']], ['400', []]])('with limit_mib %s of 512Mi finds %j', (mib, expected) => {
    const resource = `kind: OpenTelemetryCollector\napiVersion: opentelemetry.io/v1beta1\nspec: {config: {
  receivers: {otlp: }, exporters: {debug: },
  service: {pipelines: {traces: {receivers: [otlp], processors: [memory_limiter], exporters: [debug]}}},
  processors: {
  memory_limiter: {check_interval: 1s,
                   spare: 0,   limit_mib: ${mib}}}}, resources: {limits: {memory: 512Mi}}}`;
    expect(found(resource)).toEqual(expected);
  });

  it('is measured by the limit that stands beside it in Helm values', () => {
    const values = `opentelemetry-collector:\n  resources: {limits: {memory: 1Gi}}\n  config:\n    processors: {memory_limiter: {limit_mib: 1000}}\n    exporters: {otlp: {}}\n`;
    expect(linted(values).findings).toMatchObject([{ rule: 'limiter-no-headroom', line: 4, message: 'memory_limiter: limit_mib 1000 is 98 % of the 1024 MiB that its container has', fix: 'limit_mib: 819' }]);
  });

  it.each([['512Mi', 536870912], ['1.5G', 1.5e9], ['1024', 1024], ['2Gi', 2 ** 31], ['100m', 0.1], ['${X}', undefined], ['1 Gi', undefined], [undefined, undefined]])('a memory of %s is %s bytes', (quantity, bytes) => {
    expect(bytesOf(quantity)).toBe(bytes);
  });
});

describe('an exporter', () => {
  it('without retries or queue is found where that is said', () => {
    expect(found(changed('retry_on_failure: {enabled: true}', 'retry_on_failure: {enabled: false}'))).toEqual(['15:33 error exporter-no-retry']);
    expect(found(changed('sending_queue: {enabled: true}', 'sending_queue:\n      enabled: false'))).toEqual(['17:16 warning exporter-no-queue']);
  });

  it('has both where nothing is said', () => {
    expect(found(changed(/ {4}retry_on_failure.*\n {4}sending_queue.*\n/, ''))).toEqual([]);
    expect(found(changed('{enabled: true}', '{enabled: "${env:RETRY}"}'))).toEqual([]);
  });

  it('of remote write has a queue of its own', () => {
    const remote = changed(/ {2}otlphttp\/tempo:[^]*service:/, '  prometheusremotewrite: {endpoint: "http://x/api/v1/write", remote_write_queue: {enabled: false}}\nservice:').replace('[otlphttp/tempo]', '[prometheusremotewrite]');
    expect(found(remote)).toEqual(['12:92 warning exporter-no-queue']);
  });

  it('that balances may have them on either level', () => {
    const balancing = (inner: string, outer: string): readonly string[] => found(changed(/ {2}otlphttp\/tempo:[^]*service:/, `  loadbalancing: {${outer}, protocol: {otlp: {retry_on_failure: {enabled: ${inner}}}}}\nservice:`).replace('[otlphttp/tempo]', '[loadbalancing]'));
    expect(balancing('true', 'routing_key: traceID')).toEqual([]);
    expect(balancing('false', 'retry_on_failure: {enabled: true}')).toEqual([]);
    expect(balancing('false', 'routing_key: traceID')).toEqual(['12:87 error exporter-no-retry']);
  });

  it('that prints, or that nothing uses, is left alone', () => {
    const printing = clean.replaceAll('otlphttp/tempo', 'debug').replace('{enabled: true}', '{enabled: false}');
    expect(found(printing)).toEqual([]);
  });
});

describe('a tenant', () => {
  const without = changed(/ {4}headers.*\n/, '');

  it('that is not named is found at the exporter', () => {
    expect(found(without)).toEqual(['12:3 warning tenant-header-unset']);
    expect(found(changed('X-Scope-OrgID: scp-dev', 'X-Scope-OrgID: ""'))).toEqual(['12:3 warning tenant-header-unset']);
  });

  it.each([
    'headers: {x-scope-orgid: a}', 'headers: {X-Scope-OrgID: "${env:TENANT}"}', 'headers: ${file:headers.yaml}', 'auth: {authenticator: headers_setter}',
    'headers: {Authorization: "Basic ${env:LOGIN}"}', 'headers: [{name: X-Scope-OrgID, value: a}]',
  ])('may be named by %s', (line) => {
    expect(found(changed('    endpoint:', `    ${line}\n    endpoint:`, without))).toEqual([]);
  });

  it.each([
    ['http://backends/otlp', 1], ['http://backends:8080/otlp/', 1], ['https://x/loki/api/v1/push', 1], ['mimir-gateway.monitoring.svc:80', 1], ['http://tempo:4318/v1/traces?a=/otlp', 1],
    ['http://x/api/v1/otlp', 0], ['https://x/api/v2/otlp', 0], ['https://contemporary.example', 0], ['http://collector:4318', 0], ['${env:ENDPOINT}', 0],
  ])('sent to %s is to be named: %i', (endpoint, count) => {
    const text = changed('http://tempo:4318', endpoint, without).replaceAll('otlphttp/tempo', 'otlphttp');
    expect(linted(text).findings).toHaveLength(count);
  });
});

describe('components', () => {
  it('that are named and not configured are found, with what was meant', () => {
    const { findings } = linted(changed('k8sattributes:', 'k8sattribute:'));
    expect(findings).toMatchObject([
      { rule: 'component-unused', severity: 'warning', line: 6 },
      { rule: 'component-undefined', severity: 'error', line: 21, column: 36, fix: 'configure it under processors, or name k8sattribute' },
    ]);
    expect(found(changed('service:', 'service:\n  extensions: [health_check]'))).toEqual(['18:16 error component-undefined']);
  });

  it('that nothing names are a warning, printers at hand aside', () => {
    expect(found(changed('exporters:\n', 'exporters:\n  debug:\n  otlp: {endpoint: "x:1"}\n'))).toEqual(['13:3 warning component-unused']);
  });

  it('are not looked for where a section, or all of it, comes from elsewhere', () => {
    expect(found(changed(/exporters:\n[^]*service:/, 'exporters: ${file:exporters.yaml}\nservice:'))).toEqual([]);
    expect(found(clean.replace(/receivers:[^]*?processors:/, 'processors:').replace('  batch:\n', ''))).toEqual([]);
  });

  it('that connect are both exporter and receiver', () => {
    const connectors = changed('exporters:\n', 'connectors: {forward: }\nexporters:\n');
    expect(found(connectors)).toEqual([]);
    expect(found(changed('[otlphttp/tempo]', '[otlphttp/tempo, forward]', connectors))).toEqual(['11:14 error connector-one-sided']);
    expect(found(changed('receivers: [otlp]', 'receivers: [otlp, forward]', connectors))).toEqual(['11:14 error connector-one-sided']);
  });

  it('that are configured twice are found', () => {
    expect(found(changed('  batch:\n', '  batch:\n  batch: {timeout: 1s}\n'))).toEqual(['11:3 error key-twice']);
  });
});

describe('what is allowed', () => {
  const misordered = changed('processors: [memory_limiter, ', 'processors: [');

  it.each(['      # plumbline: allow limiter-missing — a sidecar of one pod', '      # plumbline: allow batch-not-last, limiter-missing\n      # as agreed'])('by a comment above is not found, and counted', (comment) => {
    const text = changed('      processors: [', `${comment}\n      processors: [`, misordered);
    expect(linted(text)).toMatchObject({ allowed: 1, findings: [{ rule: 'component-unused' }].slice(1) });
  });

  it('by a comment in the line is not found, and nothing else is', () => {
    expect(linted(changed('batch]', 'batch] # plumbline: allow limiter-missing', misordered))).toMatchObject({ findings: [], allowed: 1 });
    expect(linted(changed('batch]', 'batch] # plumbline: allow batch-not-last', misordered))).toMatchObject({ findings: [{ rule: 'limiter-missing' }], allowed: 0 });
    expect(linted(`# plumbline: allow limiter-missing\n${misordered}`).findings).toHaveLength(1);
  });

  it('may stand in a block of text', () => {
    const block = `kind: ConfigMap\ndata:\n  c.yaml: |\n${indented(changed('batch]', 'batch] # plumbline: allow limiter-missing', misordered), 4)}`;
    expect(linted(block)).toMatchObject({ configurations: 1, findings: [], allowed: 1 });
  });
});

it('every rule says why in a sentence', () => {
  for (const { why } of Object.values(rules)) expect(why).toMatch(/^[A-Z].*\.$/);
});

it('claims that a rule names are in the catalog; only what keeps a collector from starting, or is never made, needs none', async () => {
  const known = (await loadCatalog()).map(({ claim }) => claim.id);
  const named: readonly string[] = Object.values(rules).flatMap(({ claims }) => claims);
  expect(named.filter((id) => !known.includes(id))).toEqual([]);
  const without = Object.entries(rules).filter(([, { claims }]) => claims.length === 0).map(([rule]) => rule);
  expect(without).toEqual(['not-yaml', 'key-twice', 'component-undefined', 'connector-one-sided', 'component-unused']);
});
