import { expect, test } from 'vitest';
import { metricSamples } from '../../../src/run/prometheus-text.ts';

const text = `# HELP x_total how many
# TYPE x_total counter
x_total{user="scp-dev.ti-3",reason="rate_limited"} 120
x_total{user="a \\"b\\", c",reason=""} 1e+06 1700000000000
x_total_other{user="no"} 5
y 3.5
z{le="+Inf"} +Inf
broken line`;

test('samples of one metric, with labels that hold quotes, commas and nothing', () => {
  expect(metricSamples(text, /^x_total$/)).toEqual([
    { name: 'x_total', labels: { user: 'scp-dev.ti-3', reason: 'rate_limited' }, value: 120 },
    { name: 'x_total', labels: { user: 'a "b", c', reason: '' }, value: 1e6 },
  ]);
  expect(metricSamples(text, /^y$/)).toEqual([{ name: 'y', labels: {}, value: 3.5 }]);
  expect(metricSamples(text, /^z$/)).toEqual([{ name: 'z', labels: { le: '+Inf' }, value: Infinity }]);
  expect(metricSamples(text, /^broken/)).toEqual([]);
});
