import { describe, expect, it } from 'vitest';
import { changed, clean, found, indented, linted } from './samples.ts';

/** One finding, at 21:51 of the configuration itself. */
const ill = changed('[memory_limiter, k8sattributes, filter/kube-system, batch]', '[memory_limiter, k8sattributes, batch, filter/kube-system]');

const resource = (config: string): string => `apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: {name: a}\nspec:\n${config}`;

describe('a configuration is found', () => {
  it.each([
    ['in a document of its own', `# first\nkind: Service\n---\n${ill}---\n# nothing\n`, '24:51'],
    ['in the operator\'s resource', resource(`  config:\n${indented(ill, 4)}`), '26:55'],
    ['in the operator\'s older resource, as text', resource(`  config: |\n${indented(ill, 4)}`), '26:55'],
    ['in a block that begins with empty lines', resource(`  config: |-  # read\n\n\n${indented(ill, 6)}`), '28:57'],
    ['in a ConfigMap', `apiVersion: v1\nkind: ConfigMap\ndata:\n  other: x\n  relay: |\n${indented(ill, 4)}`, '26:55'],
    ['in a list', `kind: List\nitems:\n- kind: ConfigMap\n  data:\n    c.yaml: |\n${indented(ill, 6)}`, '26:57'],
    ['in Helm values', `a: {b: 1}\nopentelemetry-collector:\n  mode: daemonset\n  config:\n${indented(ill, 4)}`, '25:55'],
    ['in values that are text in another resource', `kind: Application\nspec:\n  values: |\n    otel:\n      config: |\n${indented(ill, 8)}`, '26:59'],
    ['with line breaks of Windows', ill.replaceAll('\n', '\r\n'), '21:51'],
    ['as JSON', JSON.stringify({ spec: 1, config: { exporters: {}, receivers: {}, service: { pipelines: { traces: { processors: ['memory_limiter', 'batch', 'filter'] } } } } }, undefined, 1), '11:7'],
  ])('%s, with lines and columns of the file', (_, text, place) => {
    expect(found(text)).toEqual([`${place} error batch-not-last`]);
    expect(linted(text).configurations).toBe(1);
  });

  it('in text whose lines are not the file\'s, at its beginning', () => {
    const quoted = JSON.stringify(ill);
    expect(found(`kind: ConfigMap\ndata:\n  c.yaml: ${quoted}\n`)).toEqual(['3:11 error batch-not-last']);
  });

  it('beyond anchors, aliases and merge keys', () => {
    const text = `x-common: &common\n  endpoint: http://tempo:4318\nx-list: &list [memory_limiter, k8sattributes, batch, filter/kube-system]\n${changed('    endpoint: http://tempo:4318\n', '    <<: *common\n')
      .replace('processors: [memory_limiter, k8sattributes, filter/kube-system, batch]', 'processors: *list')}`;
    expect(found(text)).toEqual(['3:47 error batch-not-last']);
    expect(found(text.replace(/ {4}headers.*\n/, ''))).toContain('15:3 warning tenant-header-unset');
  });

  it('several in one file, in the order of lines', () => {
    expect(found(`${ill}---\n${ill}`)).toEqual(['21:51 error batch-not-last', '44:51 error batch-not-last']);
  });
});

describe('Helm values', () => {
  it('are laid over a chart\'s: what they do not say is said there', () => {
    const values = 'config:\n  processors: {memory_limiter: {limit_percentage: 75}}\n  exporters: {otlp: {endpoint: "x:1"}}\n  service: {pipelines: {traces: {exporters: [otlp], receivers: [zipkin]}}}\n';
    expect(linted(values)).toMatchObject({ configurations: 1, findings: [] });
    expect(found(values.replace('{exporters', '{processors: [batch], exporters'))).toEqual(['4:34 error limiter-missing']);
  });
});

describe('no configuration', () => {
  it.each([
    ['Alertmanager', 'route: {receiver: a}\nreceivers:\n- name: a\nexporters: x\n'],
    ['Tempo', 'distributor: {receivers: {otlp: {protocols: {grpc: }}}}\nexporters: 1\n'],
    ['a definition', `kind: CustomResourceDefinition\nspec:\n${indented(ill, 2)}`],
    ['a text that speaks of one', 'description: |\n  exporters: [are\n  pipelines:\n'],
    ['nothing', ''],
  ])('is %s', (_, text) => {
    expect(linted(text)).toMatchObject({ configurations: 0, findings: [], notes: [{ note: 'holds no collector configuration' }] });
    expect(linted(text, false)).toMatchObject({ configurations: 0, findings: [], notes: [] });
  });
});

describe('what cannot be parsed', () => {
  it('is a finding, with its line', () => {
    expect(found(changed('endpoint: http://tempo:4318', 'endpoint: "http://tempo:4318'))).toMatchObject([expect.stringMatching(/^\d+:\d+ error not-yaml$/)]);
    expect(found(changed('receivers: [otlp]', 'receivers: [${env:R}]'))).toEqual(['20:20 error not-yaml']);
    expect(found(changed('    endpoint: http', '\tendpoint: http'))).toEqual(['13:1 error not-yaml']);
  });

  it('is found inside of a block as well', () => {
    expect(found(resource(`  config: |\n${indented(changed('receivers: [otlp]', 'receivers: [otlp'), 4)}`))).toMatchObject([expect.stringMatching(/^2\d:\d+ error not-yaml$/)]);
  });

  it('is a template, which only who names it is told of as a finding', () => {
    const template = `{{- if .Values.enabled }}\n${clean}{{- end }}\n`;
    expect(linted(template, false)).toMatchObject({ findings: [], notes: [{ note: expect.stringContaining('template') as string }] });
    expect(linted(template).findings).toMatchObject([{ rule: 'not-yaml', line: 1, fix: expect.stringContaining('helm template') as string }]);
  });

  it('is an anchor that is not there, or one that is named a billion times', () => {
    expect(found(`pipelines: *nowhere\n`)).toEqual(['1:12 error not-yaml']);
    const laughs = Array.from({ length: 9 }, (_, level) => `a${level}: &a${level} [${Array(9).fill(level === 0 ? 'ha' : `*a${level - 1}`).join(', ')}]`).join('\n');
    expect(found(`exporters:\n${indented(laughs, 1)}\n`)).toEqual(['1:1 error not-yaml']);
  });

  it('is what is nested beyond all bounds', () => {
    expect(() => linted(`exporters: ${'['.repeat(20_000)}`)).not.toThrow();
  });
});

it.each(['pipelines: &a {b: *a}', 'service: {pipelines: }\nexporters: 1', 'service: {pipelines: {traces: , metrics: [], logs: {receivers: 1, processors: {a: }, exporters: [{}, 1, null]}}}', '? [a]\n: exporters: {}\nexporters: {1: 2, true: }\nreceivers: {x: [}]',
  'receivers: {otlp: 1}\nexporters: {otlp: [1], otlphttp/loki: 2}\nprocessors: {memory_limiter: [], k8sattributes: 1, resource: {attributes: 1}, filter: 1}\nservice: {pipelines: {traces: {receivers: [otlp], processors: [filter, resource, k8sattributes, memory_limiter], exporters: [otlp]}}}',
  'exporters: {}\n---\n...\n---\npipelines:\n...\ntext'])('never throws: %j', (text) => {
  expect(() => linted(text)).not.toThrow();
});
