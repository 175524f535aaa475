import { expect, test } from 'vitest';
import { PlumblineError } from '../../../src/errors.ts';
import { nearestFirst } from '../../../src/builds/versions.ts';
import { allocatorImage, allocatorVersions } from '../../../src/components/allocator/image.ts';
import { collectorImage, collectorVersions } from '../../../src/components/collector/image.ts';
import { jaegerImage, jaegerVersions } from '../../../src/components/jaeger/image.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { mimirImage, mimirVersions } from '../../../src/components/mimir/image.ts';

test('versions are those of the locks, newest first', () => {
  expect(collectorVersions()).toEqual(expect.arrayContaining(['0.131.0', '0.128.0', '0.127.0']));
  expect(collectorVersions().indexOf('0.131.0')).toBeLessThan(collectorVersions().indexOf('0.127.0'));
});

test('every locked version has a recipe', () => {
  for (const version of collectorVersions()) expect(collectorImage(version)).toMatchObject({ version, build: { generator: 'ocb' } });
  for (const version of allocatorVersions()) expect(allocatorImage(version).build.lockDir).toContain(version);
  for (const version of mimirVersions()) expect(mimirImage(version).entrypoint).toBe('/mimir');
  for (const version of jaegerVersions()) expect(jaegerImage(version)).toMatchObject({ version, build: { lockDir: expect.stringContaining(version) } });
});

test('a version without a lock can be named, and not built: those that can be are said, nearest first', async () => {
  const { unlocked } = collectorImage('0.128.9').build;
  expect(unlocked).toBeInstanceOf(PlumblineError);
  expect(unlocked?.message).toMatch(/PL-VERSION-UNKNOWN.*0\.128\.0, .*saw collector 0\.128\.9/);
  await expect(buildSource().check(collectorImage('0.128.9'))).rejects.toThrow('PL-VERSION-UNKNOWN');
});

test('a major number is further than any minor, a minor than any patch', () => {
  expect(nearestFirst('1.5.0', ['2.5.0', '1.4.0', '1.5.30', '0.5.0', '1.9.0'])).toEqual(['1.5.30', '1.4.0', '1.9.0', '2.5.0', '0.5.0']);
});
