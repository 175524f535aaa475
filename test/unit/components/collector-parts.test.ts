import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { builderConfig, missingParts, releaseOf } from '../../../src/components/collector/parts.ts';

const core = 'go.opentelemetry.io/collector';

function gomods(version: string, beta: string, stable: string): readonly string[] {
  const config = z.record(z.string(), z.unknown()).parse(parse(builderConfig({ version, core: beta, stable })));
  expect(config['dist']).toMatchObject({ version, module: 'plumbline.dev/lock/collector' });
  const Entries = z.array(z.object({ gomod: z.string() }));
  return Object.values(config).flatMap((value) => Entries.safeParse(value).data ?? []).map(({ gomod }) => gomod);
}

test('a release has three version numbers: of contrib, of the core, and of the core\'s stable modules', () => {
  const parts = gomods('0.140.1', '0.140.0', '1.46.0');
  expect(parts).toContain('github.com/open-telemetry/opentelemetry-collector-contrib/processor/tailsamplingprocessor v0.140.1');
  expect(parts).toContain(`${core}/receiver/otlpreceiver v0.140.0`);
  expect(parts).toContain(`${core}/confmap/provider/envprovider v1.46.0`);
  expect(parts).toHaveLength(20);
});

test('parts that cannot be had are left out by name, and found to be missing', () => {
  const config = builderConfig({ version: '0.151.0', core: '0.151.0', stable: '1.57.0' }, ['filestorage', 'loadbalancingexporter']);
  expect(missingParts(config)).toEqual(['loadbalancingexporter', 'filestorage']);
  expect(missingParts(builderConfig({ version: '0.151.0', core: '0.151.0', stable: '1.57.0' }))).toEqual([]);
});

test('a contrib module that became stable is counted from there', () => {
  const version = (release: string) => gomods(release, '0.160.0', '1.66.0').find((one) => one.includes('k8sattributesprocessor'))?.split(' ')[1];
  expect([version('0.160.0'), version('0.161.0'), version('0.164.1')]).toEqual(['v0.160.0', 'v1.0.0', 'v1.3.1']);
});

test('which core a release has is read from what it requires; commits between releases do not count', () => {
  const required = [
    { Path: `${core}/receiver/receivertest`, Version: 'v0.140.0' }, { Path: `${core}/semconv`, Version: 'v0.128.0' }, { Path: `${core}/pdata`, Version: 'v1.46.0' },
    { Path: `${core}/featuregate`, Version: 'v1.9.0' }, { Path: `${core}/confmap`, Version: 'v1.99.1-0.20250610090210-188191247685' }, { Path: 'k8s.io/api', Version: 'v0.200.0' },
  ];
  expect(releaseOf('0.140.1', required)).toEqual({ version: '0.140.1', core: '0.140.0', stable: '1.46.0' });
  expect(releaseOf('0.140.1', required.filter(({ Version }) => !Version.startsWith('v1')))).toBeUndefined();
});
