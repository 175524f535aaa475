import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { contextsOf } from '../../../src/clusters/existing/contexts.ts';
import { guestOf } from '../../../src/clusters/guest-mark.ts';

const folder = await mkdtemp(join(tmpdir(), 'plumbline-contexts-'));
afterAll(() => rm(folder, { recursive: true }));

async function file(name: string, content: object | string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : stringify(content));
  return path;
}

const cluster = (server: string, more: object = {}) => ({ server, ...more });
const first = await file('first.yaml', {
  'current-context': 'dev', contexts: [{ name: 'dev', context: { cluster: 'k', user: 'u' } }],
  clusters: [{ name: 'k', cluster: cluster('https://first:6443', { 'certificate-authority': 'ca.crt' }) }],
  users: [{ name: 'u', user: { tokenFile: 'token', exec: { command: './login', args: ['--quiet'] } } }],
});
const second = await file('second.yaml', {
  'current-context': 'prod', contexts: [{ name: 'dev', context: { cluster: 'other', user: 'u' } }, { name: 'arn:aws:eks:x/prod', context: { cluster: 'p', user: 'plain' } }],
  clusters: [{ name: 'k', cluster: cluster('https://second:6443') }, { name: 'p', cluster: cluster('https://prod:6443') }],
  users: [{ name: 'plain', user: { token: 't', exec: { command: 'login' } } }],
});
const both = { KUBECONFIG: `${first}:${folder}/missing.yaml:${second}` };
const server = async (...args: Parameters<typeof contextsOf>) => (await contextsOf(...args)).map(({ named }) => named.cluster.server);

test('of several files the first one counts for each name, and one that is missing is passed over, as for kubectl', async () => {
  expect(await server({}, both)).toEqual(['https://first:6443']);
  expect(await server({ contexts: ['arn:aws:eks:x/prod', 'dev', 'dev'] }, both)).toEqual(['https://prod:6443', 'https://first:6443', 'https://first:6443']);
  expect(await server({ kubeconfig: second, contexts: ['arn:aws:eks:x/prod'] }, { KUBECONFIG: first })).toEqual(['https://prod:6443']);
});

test('a run keeps one context alone, marked as a guest\'s, with paths that lead to the user\'s files', async () => {
  const [dev] = await contextsOf({}, both);
  const kept = dev?.forRun('abc123');
  expect(kept).toMatchObject({
    'current-context': 'dev', contexts: [{ name: 'dev' }], clusters: [{ cluster: { 'certificate-authority': `${folder}/ca.crt` } }],
    users: [{ user: { tokenFile: `${folder}/token`, exec: { command: `${folder}/login`, args: ['--quiet'] } } }],
  });
  expect([kept && guestOf(kept), guestOf({})]).toEqual(['abc123', undefined]);
  const [prod] = await contextsOf({ contexts: ['arn:aws:eks:x/prod'] }, both);
  expect(prod?.named.user).toEqual({ token: 't', exec: { command: 'login' } });
});

test('what is not there is named, with the nearest that is', async () => {
  await expect(contextsOf({ contexts: ['prot'] }, { KUBECONFIG: second })).rejects.toMatchObject({ problem: { code: 'PL-CONTEXT-UNKNOWN', seen: 'prot', next: expect.stringContaining('arn:aws:eks:x/prod') } });
  await expect(contextsOf({ contexts: ['deV'] }, both)).rejects.toMatchObject({ problem: { next: expect.stringMatching(/^did you mean dev\?/) } });
  await expect(contextsOf({ kubeconfig: `${folder}/none` }, both)).rejects.toMatchObject({ problem: { code: 'PL-KUBECONFIG-MISSING' } });
  await expect(contextsOf({}, { KUBECONFIG: await file('dangling.yaml', { 'current-context': 'a', contexts: [{ name: 'a', context: { cluster: 'gone' } }] }) })).rejects.toMatchObject({ problem: { code: 'PL-CONTEXT-UNKNOWN', seen: 'gone' } });
  await expect(contextsOf({}, { KUBECONFIG: await file('broken.yaml', 'clusters: {') })).rejects.toMatchObject({ problem: { code: 'PL-KUBECONFIG-UNREADABLE' } });
  await expect(contextsOf({}, { KUBECONFIG: await file('empty.yaml', '') })).rejects.toMatchObject({ problem: { code: 'PL-CONTEXT-UNKNOWN', expected: expect.stringContaining('--context') } });
});
