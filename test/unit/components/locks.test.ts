import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { missingParts } from '../../../src/components/collector/parts.ts';
import { operatorModule } from '../../../src/components/operator/image.ts';
import { versioned } from '../../../src/components/versioned.ts';

/** Cheap checks of what is not built in every CI run: a lock that cannot be right is found here, a lock that does not compile by who builds it. */

const locks = versioned.flatMap(({ name, image, lockable }) => (lockable ? readdirSync(lockable.locksDir).filter((version) => !version.startsWith('.')).map((version) => ({ name, version, folder: join(lockable.locksDir, version), image })) : []));

const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');

/** What the module proxy did not have when these were locked. */
const leftOut: Readonly<Record<string, readonly string[]>> = {
  '0.149.0': ['loadbalancingexporter'], '0.151.0': ['loadbalancingexporter'], '0.155.0': ['loadbalancingexporter'],
  '0.154.0': ['filelogreceiver', 'k8sattributesprocessor', 'loadbalancingexporter'], '0.156.0': ['k8sattributesprocessor', 'loadbalancingexporter'],
};

/** Modules that a go.mod requires, as `path version`, with replaced ones as what replaces them. */
function required(goMod: string): readonly string[] {
  const replaced = new Map([...goMod.matchAll(/^(?:replace)?\s*(\S+)(?: v\S+)? => (\S+ v\S+)$/gm)].map(([, from = '', to = '']) => [from, to]));
  return [...goMod.matchAll(/^(?:require)?\s+(\S+) (v\S+)(?: \/\/ indirect)?$/gm)].map(([, path = '', version = '']) => replaced.get(path) ?? `${path} ${version}`);
}

function expectSums(folder: string, name: string): void {
  const goMod = read(folder, 'go.mod');
  expect(/^module (\S+)$/m.exec(goMod)?.[1]).toBe(`plumbline.dev/lock/${name}`);
  expect(/^go (\S+)$/m.exec(goMod)?.[1]).toMatch(/^1\.\d+/);
  const sums = read(folder, 'go.sum').trim().split('\n');
  expect(sums.filter((line) => !/^\S+ v\S+ h1:[\w+/]{43}=$/.test(line))).toEqual([]);
  const known = new Set(sums.map((line) => line.split(' h1:')[0]));
  expect(required(goMod).length).toBeGreaterThan(10);
  expect(required(goMod).filter((one) => !known.has(`${one}/go.mod`))).toEqual([]);
}

describe.each(locks)('the lock of $name $version', ({ name, version, folder, image }) => {
  test('is what its recipe builds from, and has the checksums of what it requires', () => {
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(image(version)).toMatchObject({ component: name, version, build: { lockDir: folder } });
    expect(image(version).build.unlocked).toBeUndefined();
    expectSums(folder, name);
  });
});

describe.each(locks.filter(({ name }) => name !== 'collector'))('the lock of $name $version', ({ version, folder }) => {
  test('requires that version', () => {
    expect(required(read(folder, 'go.mod'))).toContain(`${operatorModule} v${version}`);
  });
});

describe.each(locks.filter(({ name }) => name === 'operator'))('the lock of $name $version', ({ version, folder, image }) => {
  test('says which versions its release defaults to', () => {
    expect(read(folder, 'versions.txt')).toContain(`\ntargetallocator=${version}\n`);
    expect(image(version).build).toMatchObject({ linkerVariables: { [`${operatorModule}/internal/version.otelCol`]: expect.stringMatching(/^\d+\.\d+\.\d+$/) } });
  });
});

describe.each(locks.filter(({ name }) => name === 'collector'))('the lock of $name $version', ({ version, folder }) => {
  test('consists of the same components as every collector, but for what could not be had, in the versions that it is resolved to', () => {
    expect(parse(read(folder, 'builder.yaml'))).toMatchObject({ dist: { version } });
    expect(missingParts(read(folder, 'builder.yaml'))).toEqual(leftOut[version] ?? []);
    const modules = [...read(folder, 'builder.yaml').matchAll(/gomod: (\S+ v\S+)$/gm)].map(([, one = '']) => one);
    expect(modules.filter((one) => !required(read(folder, 'go.mod')).includes(one))).toEqual([]);
    expectSums(join(folder, 'builder'), 'builder');
  });
});

test('locks reach over the versions that upgrades are asked about', () => {
  const minors = (name: string) => locks.filter((lock) => lock.name === name).map(({ version }) => Number(version.split('.')[1]));
  for (const name of ['collector', 'allocator', 'operator']) {
    expect(minors(name).length).toBeGreaterThan(20);
    expect(Math.min(...minors(name))).toBeLessThanOrEqual(120);
    expect(Math.max(...minors(name))).toBeGreaterThanOrEqual(148);
  }
});
