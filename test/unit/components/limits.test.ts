import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { limitsRecipes } from '../../../src/components/limits.ts';
import { unknownLimits } from '../../../src/components/limits-recipe.ts';

const { mimir, loki, tempo } = limitsRecipes;

/** Answers as the backends gave them, shortened. */
const mimirState = 'overrides:\n    scp-dev.x:\n        ingestion_rate: 1000\n        ingestion_burst_size: 1e+06\n        out_of_order_time_window: 10m\n';
const lokiState = [
  'loki_overrides{limit_name="ingestion_rate_mb",user="scp-dev.x"} 0.5',
  'loki_overrides{limit_name="per_stream_rate_limit",user="scp-dev.x"} 1.048576e+06',
  'loki_overrides{limit_name="reject_old_samples_max_age",user="scp-dev.x"} 7.2e+12',
  'loki_overrides_defaults{limit_name="ingestion_rate_mb"} 100',
  'loki_overrides_defaults{limit_name="per_stream_rate_limit"} 1.048576e+08',
  'loki_overrides_defaults{limit_name="reject_old_samples"} 1',
  'loki_overrides_defaults{limit_name="reject_old_samples_max_age"} 6.048e+14',
].join('\n');
const tempoState = 'GET /status/runtime_config\ndefaults:\n  ingestion:\n    rate_limit_bytes: 200000000\noverrides:\n  scp-dev.x:\n    ingestion:\n      rate_limit_bytes: 1000\n    read:\n      max_search_duration: 2h\n';

describe('limits in force', () => {
  test.each([
    ['mimir', mimirState, { ingestion_rate: 1000, out_of_order_time_window: '600s' }, { ingestion_rate: 2000 }],
    ['loki', lokiState, { ingestion_rate_mb: 0.5, per_stream_rate_limit: '1MB', reject_old_samples_max_age: '2h', reject_old_samples: true }, { reject_old_samples: false }],
    ['tempo', tempoState, { ingestion: { rate_limit_bytes: 1000, max_global_traces_per_user: 0 }, read: { max_search_duration: '120m' } }, { ingestion: { rate_limit_bytes: 2000 } }],
  ] as const)('%s shows what was asked for, in its own spelling, and not something else', (name, state, limits, others) => {
    expect(limitsRecipes[name].inForce(state, 'scp-dev.x', limits)).toBe(true);
    expect(limitsRecipes[name].inForce(state, 'scp-dev.x', { ...limits, ...others })).toBe(false);
    expect(limitsRecipes[name].inForce(state, 'scp-prod.x', limits)).toBe(false);
    expect(limitsRecipes[name].inForce('502 Bad Gateway', 'scp-dev.x', limits)).toBe(false);
  });

  test('no limits are in force for a tenant that has none of its own', () => {
    for (const [recipe, state] of [[mimir, mimirState], [loki, lokiState], [tempo, tempoState]] as const) {
      expect(recipe.inForce(state, 'scp-prod.x', {})).toBe(true);
      expect(recipe.inForce(state, 'scp-dev.x', {})).toBe(false);
    }
  });

  test('a tenant\'s id is no pattern', () => {
    expect(loki.inForce(lokiState, 'scp-dev+x', { ingestion_rate_mb: 0.5 })).toBe(false);
    expect(loki.inForce(lokiState.replaceAll('scp-dev.x', 'scp-devyx'), 'scp-dev.x', { ingestion_rate_mb: 0.5 })).toBe(false);
  });
});

describe('the overrides file', () => {
  const overrides = (text: string): Record<string, unknown> => (parse(text) as { overrides: Record<string, unknown> }).overrides;

  test('leaves out tenants without limits', () => {
    expect(overrides(mimir.render({ a: {}, b: { max_global_series_per_user: 5 } }))).toEqual({ b: { max_global_series_per_user: 5 } });
  });

  test('gives a rate a burst of two seconds, at least one batch, and leaves a given one alone', () => {
    expect(overrides(mimir.render({ a: { ingestion_rate: 20_000 }, b: { ingestion_rate: 10 }, c: { ingestion_rate: 10, ingestion_burst_size: 7 } }))).toEqual({
      a: { ingestion_rate: 20_000, ingestion_burst_size: 40_000 },
      b: { ingestion_rate: 10, ingestion_burst_size: 10_000 },
      c: { ingestion_rate: 10, ingestion_burst_size: 7 },
    });
    expect(overrides(loki.render({ a: { ingestion_rate_mb: 0.1 } }))).toEqual({ a: { ingestion_rate_mb: 0.1, ingestion_burst_size_mb: 0.5 } });
  });

  test('repeats Tempo\'s defaults, which a tenant with overrides would lose', () => {
    expect(overrides(tempo.render({ a: { global: { max_bytes_per_trace: 9 } } }))).toMatchObject({
      a: { global: { max_bytes_per_trace: 9 }, ingestion: { rate_strategy: 'local', rate_limit_bytes: 200_000_000 } },
    });
    expect(overrides(tempo.render({ a: { ingestion: { rate_limit_bytes: 5_000_000 } } }))).toMatchObject({ a: { ingestion: { burst_size_bytes: 10_000_000, max_traces_per_user: 1_000_000 } } });
  });

  test('a refused file shows in the metrics', () => {
    const metrics = (value: number): string => `# TYPE x gauge\ncortex_runtime_config_last_reload_successful{config="mimir-runtime-config"} ${value}\n`;
    expect(mimir.lastReloadFailed(metrics(0))).toBe(true);
    expect(mimir.lastReloadFailed(metrics(1))).toBe(false);
    expect(tempo.lastReloadFailed(metrics(0))).toBe(false);
  });
});

describe('names of limits', () => {
  const lokiNames = loki.names('target: all\nlimits_config:\n  ingestion_rate_mb: 100\n  otlp_config:\n    resource_attributes: {}\n  policy_stream_mapping: {}\n');
  const tempoNames = tempo.names('GET /status/config\n---\ntarget: all\noverrides:\n    defaults:\n        ingestion:\n            rate_limit_bytes: 200000000\n        global:\n            max_bytes_per_trace: 5\n');

  test('come from the running backend, with the default in force', () => {
    expect(lokiNames.get('ingestion_rate_mb')).toBe(100);
    expect(tempoNames.get('ingestion.rate_limit_bytes')).toBe(200_000_000);
    expect(() => mimir.names('target: all\n')).toThrow('no `limits`');
  });

  test('an unknown one is named with the nearest', () => {
    expect(unknownLimits({ ingestion_rate_m: 1 }, lokiNames)).toEqual([{ name: 'ingestion_rate_m', meant: 'ingestion_rate_mb' }]);
    expect(unknownLimits({ rate_limit_byte: 1, ingestion: { rate_limit_byte: 1 } }, tempoNames)).toEqual([
      { name: 'rate_limit_byte', meant: 'ingestion.rate_limit_bytes' }, { name: 'ingestion.rate_limit_byte', meant: 'ingestion.rate_limit_bytes' },
    ]);
  });

  test('keys below a limit that is a mapping are the backend\'s to judge, below a number they are not', () => {
    expect(unknownLimits({ policy_stream_mapping: { a: [1] }, otlp_config: { resource_attributes: { ignore_defaults: true } } }, lokiNames)).toEqual([]);
    expect(unknownLimits({ ingestion_rate_mb: { a: 1 } }, lokiNames)).toHaveLength(1);
  });

  test('limits that are hidden while empty are known', () => {
    expect(unknownLimits({ retention_stream: [] }, lokiNames)).toEqual([]);
    expect(unknownLimits({ metrics_generator: { processor: { span_metrics: { dimensions: ['a'] } } } }, tempoNames)).toEqual([]);
  });
});
