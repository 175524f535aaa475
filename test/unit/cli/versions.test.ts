import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findVersions, versionsText } from '../../../src/cli/versions-list.ts';
import { versions } from '../../../src/cli/versions.ts';
import { lockFolder } from '../../../src/components/lock-version.ts';
import { collectorImage, collectorVersions } from '../../../src/components/collector/image.ts';
import { builderConfig } from '../../../src/components/collector/parts.ts';
import { versioned } from '../../../src/components/versioned.ts';
import { styleOf } from '../../../src/reports/style.ts';

const before = process.env['XDG_DATA_HOME'];
const collector = versioned.filter(({ name }) => name === 'collector');
let home: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'plumbline-data-'));
  process.env['XDG_DATA_HOME'] = home;
});

afterEach(async () => {
  if (before === undefined) delete process.env['XDG_DATA_HOME'];
  else process.env['XDG_DATA_HOME'] = before;
  await rm(home, { recursive: true, force: true });
});

async function addUsers(version: string): Promise<string> {
  const folder = join(home, 'plumbline', 'locks', 'collector', version);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'go.mod'), 'module plumbline.dev/lock/collector\n');
  await writeFile(join(folder, 'builder.yaml'), builderConfig({ version, core: version, stable: version }, ['loadbalancingexporter']));
  return folder;
}

describe('locks of the user', () => {
  it('are versions like those of Plumbline, which count where both have one; what is being made is none', async () => {
    const own = await addUsers('9.0.0');
    await addUsers('0.131.0');
    await addUsers('.1-9.1.0-x');
    expect(collectorVersions()[0]).toBe('9.0.0');
    expect(collectorVersions().filter((one) => one === '0.131.0')).toHaveLength(1);
    expect(collectorImage('9.0.0').build).toMatchObject({ lockDir: own });
    expect(collectorImage('0.131.0').build.lockDir).not.toContain(home);
    expect(collectorImage('9.1.0').build.unlocked?.problem.next).toContain('plumbline versions add collector 9.1.0');
  });

  it('go to the user\'s folder, or into a clone when asked', () => {
    const [one] = versioned;
    if (!one?.lockable) throw new Error('the collector is not lockable');
    const component = { ...one, lockable: one.lockable };
    expect(lockFolder(component, '9.0.0', false)).toBe(join(home, 'plumbline', 'locks', 'collector', '9.0.0'));
    expect(lockFolder(component, '9.0.0', true)).toBe(join(one.lockable.locksDir, '9.0.0'));
    expect(() => lockFolder(component, '9.0.0', true, home)).toThrow('PL-LOCKS-UNWRITABLE');
  });
});

describe('plumbline versions list', () => {
  it('says whose lock a version has, and what the proxy lists beyond', async () => {
    await addUsers('9.0.0');
    const asked: string[] = [];
    const list = await findVersions(collector, async (module) => {
      asked.push(module);
      return { versions: ['9.2.0', '9.0.0', '0.131.0'] };
    });
    expect(asked).toEqual([expect.stringContaining('collector-contrib')]);
    expect(list.versions.filter(({ version }) => version.startsWith('9') || version === '0.131.0')).toEqual([
      { component: 'collector', version: '9.0.0', lock: 'user', without: ['loadbalancingexporter'], built: false, usualSeconds: 165 },
      { component: 'collector', version: '0.131.0', lock: 'plumbline', without: [], built: expect.any(Boolean), usualSeconds: expect.any(Number) },
      { component: 'collector', version: '9.2.0', lock: null, without: [], built: false, usualSeconds: null },
    ]);
    expect(list.unlisted).toEqual([]);
  });

  it('asks nobody unless told to, and says what could not be asked', async () => {
    expect((await findVersions(collector)).versions.every(({ lock }) => lock !== null)).toBe(true);
    const list = await findVersions(collector, async () => ({ reason: 'the module proxy answers 403' }));
    expect(versionsText(list, styleOf({ columns: 100 }, false))).toContain('collector: its further versions are not listed (the module proxy answers 403)');
  });
});

describe('plumbline versions', () => {
  it('refuses to leave out what is no part', async () => {
    await expect(versions(['add', 'collector', '0.151.0'], { without: ['loadbalancing'] })).rejects.toMatchObject({ problem: { code: 'PL-PART-UNKNOWN', next: '--without loadbalancingexporter' } });
    await expect(versions(['add', 'operator', '0.151.0'], { without: ['x'] })).rejects.toMatchObject({ problem: { code: 'PL-PART-UNKNOWN', next: 'Leave out --without.' } });
  });

  it.each([
    [['list', 'colector'], 'PL-COMPONENT-UNKNOWN', 'plumbline versions list collector'],
    [['list', 'collector', '0.131.0'], 'PL-USAGE', ''],
    [['add'], 'PL-USAGE', ''],
    [['add', 'collector'], 'PL-USAGE', ''],
    [['add', 'collector', 'latest'], 'PL-USAGE', 'plumbline versions list --available'],
    [['add', 'mimir', '3.0.0'], 'PL-COMPONENT-NOT-LOCKABLE', 'docs/builds.md'],
  ])('%j is wrong use', async (words, code, next) => {
    await expect(versions(words, {})).rejects.toMatchObject({ problem: { code, kind: 'usage', next: expect.stringContaining(next) } });
  });
});
