import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { configIn } from '../../../src/cli/config.ts';
import { parseFile } from '../../../src/cli/config-file.ts';
import { readInstalled as installedIn } from '../../../src/cli/installed-config.ts';
import { runOptions } from '../../../src/cli/run-options.ts';
import { shown } from '../../../src/run/secrets.ts';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'plumbline-config-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const readConfig = (path: string) => configIn(parseFile(path));
const readInstalled = (path: string, env?: NodeJS.ProcessEnv) => installedIn(parseFile(path), env);

function write(text: string): string {
  const path = join(folder, 'plumbline.config.yaml');
  writeFileSync(path, text);
  return path;
}

const tenants = { 'team-a': { id: 'a', collector: 'http://collector.a.svc:4318' }, 'team-b': { id: 'b', collector: 'http://collector.b.svc:4318/' } };
const least = { loki: { url: 'https://loki.example/' }, tenants };
const file = (installed: object): string => write(stringify({ platform: { installed } }));

describe('an installed platform', () => {
  it('has its values from the environment, addresses without a slash at the end, and defaults', () => {
    const path = file({ ...least, loki: { url: '${LOKI_URL}/', headers: { Authorization: 'Basic ${LOKI_BASIC}' } } });
    expect(readInstalled(path, { LOKI_URL: 'https://loki.example', LOKI_BASIC: 'cGxhbnRlZA==' })).toEqual({
      loki: { url: 'https://loki.example', headers: { Authorization: 'Basic cGxhbnRlZA==' } }, clusterDomain: 'cluster.local', deliverySeconds: 60,
      tenants: { 'team-a': { ...tenants['team-a'], headers: {}, collectorHeaders: {} }, 'team-b': { id: 'b', collector: 'http://collector.b.svc:4318', headers: {}, collectorHeaders: {} } },
    });
    expect(shown('asked with cGxhbnRlZA==, of https://loki.example')).toBe('asked with ***, of https://loki.example');
  });

  it('has a complete example that can be taken as it is', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(readFileSync(new URL('../../../docs/installed.md', import.meta.url), 'utf8')) ?? [];
    const path = write(example);
    expect(readConfig(path)).toMatchObject({ provider: 'existing', context: ['management'] });
    const env = Object.fromEntries([...example.matchAll(/\$\{(\w+)\}/g)].map(([, name = '']) => [name, `planted-for-${name}`]));
    expect(Object.keys(readInstalled(path, env)?.tenants ?? {})).toEqual(['team-a', 'team-b']);
  });

  it('is nothing that other verbs must have the environment for', () => {
    expect(readConfig(file({ ...least, loki: { url: '${NOT_SET_ANYWHERE}' } }))).toHaveProperty('platform');
    expect(readInstalled(write('repeat: 2'))).toBeUndefined();
    expect(() => readConfig(write('platform: {instaled: {}}'))).toThrow(expect.objectContaining({ problem: expect.objectContaining({ code: 'PL-CONFIG-UNKNOWN-KEY', next: 'write installed instead' }) }) as Error);
  });

  const secret = { 'Authorization': 'Bearer planted-in-a-refused-file' };
  it.each([
    ['an unset variable', { ...least, loki: { url: 'https://x', headers: { 'X-Key': '${NOT_SET_ANYWHERE}' } } }, 'PL-CONFIG-VALUE', ':6: platform.installed.loki.headers.X-Key: ${NOT_SET_ANYWHERE}'],
    ['an empty variable', { ...least, loki: { url: '${EMPTY}' } }, 'PL-CONFIG-VALUE', ':4: platform.installed.loki.url: ${EMPTY}'],
    ['what is no variable', { ...least, loki: { url: 'https://${a-b}' } }, 'PL-CONFIG-VALUE', ':4: platform.installed.loki.url: ${a-b}'],
    ['an unknown key', { ...least, lokii: {} }, 'PL-CONFIG-UNKNOWN-KEY', ':12: platform.installed.lokii'],
    ['no backend', { tenants }, 'PL-CONFIG-VALUE', ':3: platform.installed: one of mimir, loki and tempo at least'],
    ['one tenant', { ...least, tenants: { 'team-a': tenants['team-a'] } }, 'PL-CONFIG-VALUE', ':6: platform.installed.tenants: two at least'],
    ['two tenants with one id', { ...least, tenants: { ...tenants, 'team-b': tenants['team-a'] } }, 'PL-CONFIG-VALUE', 'tenants.team-b.id: another tenant has the same'],
    ['an id of two tenants', { ...least, tenants: { ...tenants, 'team-b': { ...tenants['team-b'], id: 'a|b' } } }, 'PL-CONFIG-VALUE', 'tenants.team-b.id: no id of one tenant'],
    ['no URL', { ...least, loki: { url: 'loki.example' } }, 'PL-CONFIG-VALUE', ':4: platform.installed.loki.url: no http or https URL'],
    ['a password in a URL', { ...least, loki: { url: 'https://user:planted-in-a-refused-file@loki.example' } }, 'PL-CONFIG-VALUE', ':4: platform.installed.loki.url: credentials belong into'],
    ['a query in a URL', { ...least, loki: { url: 'https://loki.example?key=planted-in-a-refused-file' } }, 'PL-CONFIG-VALUE', 'has no query'],
    ['the tenant as a header', { ...least, loki: { url: 'https://x', headers: { 'x-scope-orgid': 'a' } } }, 'PL-CONFIG-VALUE', 'headers.x-scope-orgid: is what `id` is for'],
    ['Authorization for a service', { ...least, loki: { url: 'http://loki.logs.svc:3100', headers: secret } }, 'PL-CONFIG-VALUE', 'loki.headers.Authorization: the API server'],
    ['a cluster that is not there', { ...least, clusters: ['one', 'two'], tenants: { ...tenants, 'team-b': { ...tenants['team-b'], cluster: 'three' } } }, 'PL-CONFIG-VALUE', 'tenants.team-b.cluster: none of `clusters`'],
    ['a long wait', { ...least, deliverySeconds: 601 }, 'PL-CONFIG-VALUE', 'installed.deliverySeconds: '],
  ])('with %s is refused, with its line and without a secret', (_, installed, code, seen) => {
    const path = file(installed);
    const thrown = (() => { try { return readInstalled(path, { EMPTY: '' }); } catch (error) { return error; } })();
    expect(thrown).toMatchObject({ problem: { code, kind: 'usage', seen: expect.stringContaining(seen) } });
    expect(JSON.stringify(thrown)).not.toContain('planted-in-a-refused-file');
  });

  it('takes Authorization to collectors and beside services of another domain', () => {
    const installed = { loki: { url: 'http://loki.logs.svc.example.com', headers: secret }, tenants: { ...tenants, 'team-b': { ...tenants['team-b'], headers: secret, collectorHeaders: { 'X-Scope-OrgID': 'b', ...secret } } } };
    expect(readInstalled(file(installed))?.tenants['team-b']?.collectorHeaders).toHaveProperty('X-Scope-OrgID', 'b');
    // A name of a tenant is no secret, wherever it is written.
    expect(shown('team b of planted-in-a-refused-file')).toBe('team b of ***');
    expect(() => readInstalled(file({ ...installed, clusterDomain: 'example.com' }))).toThrow('keeps this header for itself');
  });

  it('names the cluster that it runs in, and rules other clusters and tenants out', async () => {
    const installed = readInstalled(file(least));
    if (!installed) throw new Error('nothing was read');
    expect(await runOptions([], { installed })).toMatchObject({ provider: 'existing', installed: { deliverySeconds: 60 } });
    expect(await runOptions([], { installed, provider: 'existing' })).toMatchObject({ provider: 'existing' });
    await expect(runOptions([], { installed, provider: 'embedded' })).rejects.toMatchObject({ problem: { code: 'PL-USAGE', seen: '--provider embedded' } });
    await expect(runOptions([], { installed, tenants: 'x.yaml' })).rejects.toMatchObject({ problem: { code: 'PL-USAGE', seen: '--tenants x.yaml' } });
  });
});
