import { describe, expect, it } from 'vitest';
import { changed, clean, found, linted } from './samples.ts';

const ordered = 'processors: [memory_limiter, k8sattributes, filter/kube-system, batch]';

/** The clean configuration with other processors in its pipeline, and settings for them. */
function pipeline(processors: string, settings = ''): string {
  const text = changed(ordered, `processors: [${processors}]`);
  return settings === '' ? text : changed('  batch:\n', `  batch:\n${settings}\n`, text);
}

describe('the order of processors', () => {
  it('that is right is found nothing in', () => {
    expect(linted(clean)).toEqual({ files: 1, configurations: 1, judged: ['collector.yaml'], findings: [], allowed: 0, notes: [] });
  });

  it.each([
    ['a limiter that is not first', 'k8sattributes, memory_limiter, filter/kube-system, batch', ['21:35 error limiter-not-first']],
    ['a batch before the limiter', 'batch, memory_limiter, k8sattributes, filter/kube-system', ['21:20 error batch-not-last', '21:27 error limiter-not-first']],
    ['enrichment after the filter', 'memory_limiter, filter/kube-system, k8sattributes, batch', ['21:36 error enrichment-after-filter']],
    ['a batch that is not last', 'memory_limiter, k8sattributes, batch, filter/kube-system', ['21:51 error batch-not-last']],
    ['no limiter', 'k8sattributes, filter/kube-system, batch', ['21:7 error limiter-missing']],
  ])('with %s is found, at its place', (_, processors, expected) => {
    expect(found(pipeline(processors))).toEqual(expected);
  });

  it('is found in lists over several lines, too, and says how it should be', () => {
    const { findings } = linted(changed(ordered, 'processors:\n        - k8sattributes\n        - filter/kube-system\n        - batch\n        - memory_limiter'));
    expect(findings).toMatchObject([{ rule: 'limiter-not-first', line: 25, column: 11, fix: 'put it first: [memory_limiter, k8sattributes, filter/kube-system, batch]' }]);
  });

  it('needs no batch, and lets groupbyattrs follow one', () => {
    expect(found(pipeline('memory_limiter, k8sattributes, filter/kube-system', '').replace('  batch:\n', ''))).toEqual([]);
    expect(found(pipeline('memory_limiter, k8sattributes, filter/kube-system, batch, groupbyattrs', '  groupbyattrs: {keys: [a]}'))).toEqual([]);
  });

  it('knows upstream\'s new names', () => {
    const text = clean.replaceAll('k8sattributes', 'k8s_attributes').replace('otlphttp', 'otlp_http').replace('[otlphttp', '[otlp_http');
    expect(found(text)).toEqual([]);
    expect(found(text.replace('k8s_attributes, filter/kube-system', 'filter/kube-system, k8s_attributes'))).toEqual(['21:36 error enrichment-after-filter']);
  });
});

describe('a pipeline without a limiter', () => {
  it('is found where it has no processors at all', () => {
    expect(linted(changed(`      ${ordered}\n`, '')).findings).toContainEqual(expect.objectContaining({ rule: 'limiter-missing', line: 19, fix: 'put memory_limiter first: [memory_limiter]' }));
  });

  it('is right behind a connector, whose data went through a limiter before', () => {
    const connected = changed('exporters: [otlphttp/tempo]\n', 'exporters: [otlphttp/tempo, spanmetrics]\n    metrics:\n      receivers: [spanmetrics]\n      exporters: [otlphttp/tempo]\nconnectors:\n  spanmetrics:\n');
    expect(found(connected)).toEqual([]);
    expect(found(connected.replace('receivers: [spanmetrics]', 'receivers: [spanmetrics, otlp]'))).toEqual(['23:5 error limiter-missing']);
  });

  it('is right where its receiver has the limiter as a middleware', () => {
    const text = pipeline('k8sattributes, filter/kube-system, batch');
    expect(found(changed('grpc: {}, http: {}', 'grpc: {middlewares: [{id: memory_limiter}]}', text))).toEqual([]);
  });

  it('is not judged by a list that is put in when the collector starts', () => {
    expect(found(changed(ordered, 'processors: ${env:PROCESSORS}'))).toEqual([]);
    expect(found(changed(ordered, 'processors: ["${env:FIRST}", batch]'))).toEqual([]);
  });
});

describe('enrichment after a filter', () => {
  const filter = (condition: string): string => `  filter/mine: {traces: {span: ['${condition}']}}`;
  const first = (settings: string, name = 'filter/mine', late = 'k8sattributes'): readonly string[] =>
    found(pipeline(`memory_limiter, ${name}, ${late}, filter/kube-system, batch`, settings)).filter((one) => !one.endsWith('component-unused'));
  const misordered = ['22:36 error enrichment-after-filter'];

  it('is right where the filter asks for nothing that is added later: upstream recommends it', () => {
    expect(first(filter('name == "healthz"'))).toEqual([]);
    expect(first(filter('attributes["http.route"] == "/healthz"'))).toEqual([]);
  });

  it.each([
    ['a name of a pod', filter('resource.attributes["k8s.pod.name"] == "x"')],
    ['an older filter', '  filter/mine: {spans: {exclude: {match_type: strict, resources: [{key: k8s.node.name, value: a}]}}}'],
  ])('is found where it asks for %s', (_, settings) => {
    expect(first(settings)).toEqual(misordered);
  });

  it('is found in samplers, transforms and copies, too', () => {
    const policy = '{name: a, type: string_attribute, string_attribute: {key: k8s.namespace.name, values: [a]}}';
    expect(first(`  tail_sampling: {policies: [${policy}]}`, 'tail_sampling')).toContain('22:36 error enrichment-after-filter');
    const transform = (statement: string): string => `  transform: {trace_statements: ['${statement}']}`;
    expect(first(transform('set(resource.attributes["team"], "a") where resource.attributes["k8s.namespace.name"] == "a"'), 'transform')).toEqual(misordered);
    expect(first(transform('set(resource.attributes["ns"], resource.attributes["k8s.namespace.name"])'), 'transform')).toEqual(misordered);
    expect(first('  resource: {attributes: [{key: ns, from_attribute: k8s.namespace.name, action: insert}]}', 'resource')).toEqual(misordered);
  });

  it('is right where a transform writes the attribute, or fills it in where it is missing', () => {
    const transform = (statement: string): string => `  transform: {trace_statements: ['${statement}']}`;
    expect(first(transform('set(resource.attributes["k8s.pod.uid"], attributes["uid"])'), 'transform')).toEqual([]);
    expect(first(transform('set(resource.attributes["a"], "b") where resource.attributes["k8s.pod.name"] == nil'), 'transform')).toEqual([]);
  });

  it('is not judged where data may come with its pods\' names', () => {
    const text = pipeline('memory_limiter, filter/kube-system, k8sattributes, batch');
    expect(found(text.replaceAll('otlp:', 'filelog:').replace('[otlp]', '[filelog]'))).toEqual([]);
  });

  it('goes by what the processor is told to extract', () => {
    const only = (metadata: string): string => changed('  k8sattributes:\n', `  k8sattributes: {extract: {${metadata}}}\n`, pipeline('memory_limiter, filter/kube-system, k8sattributes, batch'));
    expect(found(only('metadata: [k8s.pod.name]'))).toEqual([]);
    expect(found(only('metadata: [k8s.namespace.name]'))).toEqual(['21:36 error enrichment-after-filter']);
    const labels = changed('"k8s.namespace.name"', '"team"', only('metadata: [], labels: [{tag_name: team, key: team, from: pod}]'));
    expect(found(labels)).toEqual(['21:36 error enrichment-after-filter']);
  });

  it('is a warning where the attribute may have come with the data', () => {
    const insert = `${filter('resource.attributes["tier"] == "test"')}\n  resource: {attributes: [{key: tier, value: test, action: insert}]}`;
    expect(first(insert, 'filter/mine', 'resource, k8sattributes')).toEqual(['23:36 warning enrichment-after-filter']);
    expect(first(insert.replace('value: test', 'from_attribute: t'), 'filter/mine', 'resource, k8sattributes')).toEqual([]);
  });

  it('is found where a sampler forgets the connection that pods are found by', () => {
    const sampler = '  tail_sampling: {policies: [{name: a, type: always_sample}]}';
    expect(first(sampler, 'tail_sampling')).toEqual(misordered);
    const byAttribute = changed('  k8sattributes:\n', '  k8sattributes: {pod_association: [{sources: [{from: resource_attribute, name: k8s.pod.ip}]}]}\n', pipeline('memory_limiter, tail_sampling, k8sattributes, filter/kube-system, batch', sampler));
    expect(found(byAttribute)).toEqual([]);
    expect(first(`${sampler}\n  k8sattributes/2:`, 'k8sattributes/2, tail_sampling')).toEqual([]);
    const values = '  processors: {tail_sampling: {}, k8sattributes: {}}\n  exporters: {otlp: {}}\n  service: {pipelines: {traces: {processors: [memory_limiter, tail_sampling, k8sattributes]}}}\n';
    expect(found(`config:\n${values}`)).toEqual([]);
  });
});
