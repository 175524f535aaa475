/** One line of a Prometheus text exposition. */
export interface MetricSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** The samples of a text exposition whose metric's name matches; comments and what is no sample are passed over. */
export function metricSamples(text: string, name: RegExp): readonly MetricSample[] {
  return text.split('\n').flatMap((line) => {
    const [, metric = '', inner = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (NaN|[+-]?Inf|[+-]?[\d.]+(?:[eE][+-]?\d+)?)(?: |$)/.exec(line) ?? [];
    if (!name.test(metric)) return [];
    const labels = [...inner.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key = '', quoted = '']) => [key, quoted.replace(/\\(.)/g, '$1')] as const);
    return [{ name: metric, labels: Object.fromEntries(labels), value: Number(value.replace('Inf', 'Infinity')) }];
  });
}

/** All of them together. */
export function metricSum(text: string, name: RegExp): number {
  return metricSamples(text, name).reduce((sum, { value }) => sum + value, 0);
}
