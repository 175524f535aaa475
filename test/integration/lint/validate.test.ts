import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildBinary } from '../../../src/builds/binary.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { changed, clean, found } from '../../unit/lint/samples.ts';

let collector = '';
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-lint-'));
  // The one that claims name: it is built anyway.
  const { build } = collectorImage('0.131.0');
  if (!('package' in build)) throw new Error('the collector is no Go program');
  ({ path: collector } = await buildBinary(build, { signal: new AbortController().signal, runId: 'lint', step: { note: () => undefined, cached: () => undefined } }));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the collector itself says of a configuration, without starting: nothing where it would start. */
async function refusal(text: string): Promise<string> {
  const file = join(folder, 'collector.yaml');
  await writeFile(file, text);
  const { exitCode, stderr } = await execa(collector, ['validate', `--config=${file}`], { reject: false });
  return exitCode === 0 ? '' : stderr;
}

const limiter = '{check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 25}';

test.each([
  ['not-yaml', changed('receivers: [otlp]', 'receivers: [${env:R}]'), 'not valid YAML'],
  ['key-twice', changed('  batch:\n', '  batch:\n  batch: {timeout: 1s}\n'), 'already defined at line 10'],
  ['component-undefined', changed('filter/kube-system, batch]', 'filter/kube-sistem, batch]'), 'references processor "filter/kube-sistem"'],
  ['component-undefined', changed('service:', 'service:\n  extensions: [health_check]'), 'references extension "health_check"'],
  ['limiter-invalid', changed(limiter, '{limit_percentage: 80}'), 'check_interval'],
  ['limiter-invalid', changed(limiter, '{check_interval: 1s}'), "'limit_mib' or 'limit_percentage' must be greater than zero"],
  ['limiter-invalid', changed(limiter, '{check_interval: 1s, limit_mib: 400, spike_limit_mib: 400}'), "'spike_limit_mib' must be smaller"],
  ['limiter-invalid', changed(limiter, '{check_interval: 1s, limit_percentage: 50, spike_limit_percentage: 50}'), "'spike_limit_percentage' must be smaller"],
  ['limiter-invalid', changed(limiter, '{check_interval: 1s, limit_percentage: 120}'), 'less than or equal to hundred'],
])('what %s says of a configuration, the collector says, too (%#)', async (rule, text, reason) => {
  expect(found(text).some((one) => one.endsWith(`error ${rule}`))).toBe(true);
  expect(await refusal(text)).toContain(reason);
});

test('the collector starts with the clean configuration, and in silence with every misorder and without retries', async () => {
  expect(await refusal(clean)).toBe('');
  const ordered = '[memory_limiter, k8sattributes, filter/kube-system, batch]';
  for (const processors of ['[k8sattributes, memory_limiter, batch]', '[memory_limiter, filter/kube-system, k8sattributes]', '[memory_limiter, batch, filter/kube-system]', '[batch]']) {
    const text = changed(ordered, processors);
    expect(found(text).filter((one) => one.includes('error'))).toHaveLength(1);
    expect(await refusal(text)).toBe('');
  }
  expect(await refusal(changed('{enabled: true}', '{enabled: false}'))).toBe('');
});
