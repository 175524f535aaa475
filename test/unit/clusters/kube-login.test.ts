import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createProxy } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { clientOfContext, get } from '../../../src/clusters/kube-api.ts';
import { clientCertificate, createAuthority, servingCertificate } from '../../../src/clusters/pki.ts';

/** A server that says who asked, and a proxy in front of it: what is tested is what goes over the wire. */

const folder = await mkdtemp(join(tmpdir(), 'plumbline-login-'));
const ca = await createAuthority('login-test');
const asked: { headers: IncomingHttpHeaders; certificate: string | undefined }[] = [];
const tunnels: string[] = [];
/** For each request to come: whether it is too much. */
const refusals: boolean[] = [];
const { cert, key } = await servingCertificate(ca, 'server', ['far.example'], ['127.0.0.1']);
const server = createServer({ cert, key, ca: ca.pem, requestCert: true, rejectUnauthorized: false }, (request, response) => {
  if (refusals.shift()) return void response.writeHead(429, { 'Retry-After': '0.05' }).end('too much');
  asked.push({ headers: request.headers, certificate: (request.socket as unknown as { getPeerCertificate(): { subject?: { CN?: string } } }).getPeerCertificate().subject?.CN });
  response.end('ok');
});
const proxy = createProxy().on('connect', (request, client) => {
  tunnels.push(request.url ?? '');
  const upstream = connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
    client.write('HTTP/1.1 200 OK\r\n\r\n');
    upstream.pipe(client).pipe(upstream);
  });
  upstream.on('error', () => client.destroy());
});
const portOf = (one: { address(): unknown }): number => (one.address() as AddressInfo).port;

beforeAll(() => Promise.all([server, proxy].map((one) => new Promise<void>((done) => one.listen(0, '127.0.0.1', done)))));
beforeEach(() => { asked.length = 0; tunnels.length = 0; });
afterAll(async () => {
  server.closeAllConnections();
  for (const one of [server, proxy]) one.close();
  await rm(folder, { recursive: true });
});

const data = (pem: string): string => Buffer.from(pem).toString('base64');
const near = (more: object = {}) => ({ server: `https://127.0.0.1:${portOf(server)}`, 'certificate-authority-data': data(ca.pem), ...more });
const far = (more: object = {}) => ({ ...near(more), server: `https://far.example:${portOf(server)}` });

async function ask(cluster: ReturnType<typeof near>, user: object, runId?: string) {
  await get(await clientOfContext({ cluster, user: user as Record<string, unknown> }, runId), '/version');
  return asked.at(-1);
}

test('certificates, inline or in files, prove who asks', async () => {
  const own = await clientCertificate(ca, { commonName: 'somebody' });
  await Promise.all([['c.crt', own.cert], ['c.key', own.key], ['ca.crt', ca.pem]].map(([name = '', text = '']) => writeFile(join(folder, name), text)));
  expect((await ask(near(), { 'client-certificate-data': data(own.cert), 'client-key-data': data(own.key) }))?.certificate).toBe('somebody');
  const { 'certificate-authority-data': _, ...withFile } = near({ 'certificate-authority': join(folder, 'ca.crt') });
  expect((await ask(withFile as ReturnType<typeof near>, { 'client-certificate': join(folder, 'c.crt'), 'client-key': join(folder, 'c.key') }))?.certificate).toBe('somebody');
});

test('tokens, in files too, passwords and impersonation become headers', async () => {
  await writeFile(join(folder, 'token'), 'from-file\n');
  expect((await ask(near(), { token: 'plain' }))?.headers.authorization).toBe('Bearer plain');
  expect((await ask(near(), { tokenFile: join(folder, 'token') }))?.headers.authorization).toBe('Bearer from-file');
  expect((await ask(near(), { username: 'u', password: 'p' }))?.headers.authorization).toBe(`Basic ${data('u:p')}`);
  expect((await ask(near(), { token: 't', as: 'other', 'as-groups': ['a', 'b'] }))?.headers).toMatchObject({ 'impersonate-user': 'other', 'impersonate-group': 'a, b' });
});

test('a program is asked once for as long as its token lasts, and again after that', async () => {
  const [plugin, calls] = [join(folder, 'plugin'), join(folder, 'calls')];
  // The first token has expired when it comes; the second lasts.
  await writeFile(plugin, `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >> ${calls}\nn=$(wc -l < ${calls})\n[ $n = 1 ] && until=2001-01-01T00:00:00Z || until=2101-01-01T00:00:00Z\necho "{\\"status\\":{\\"token\\":\\"token-$n\\",\\"expirationTimestamp\\":\\"$until\\"}}"\n`);
  await chmod(plugin, 0o755);
  const client = await clientOfContext({ cluster: near(), user: { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: plugin } } });
  for (let request = 0; request < 3; request += 1) await Promise.all([get(client, '/version'), get(client, '/version')]);
  expect(asked.map(({ headers }) => headers.authorization)).toEqual([1, 1, 2, 2, 2, 2].map((one) => `Bearer token-${one}`));
  const told = (await readFile(calls, 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as object);
  expect(told).toHaveLength(2);
  expect(told[0]).toMatchObject({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', spec: { interactive: false } });
});

test('a server that has too much to do is asked again when it says; what answers through its proxy is not', async () => {
  const client = await clientOfContext({ cluster: near(), user: { token: 't' } });
  refusals.push(true, true);
  expect((await client.http.get('/version')).status).toBe(200);
  refusals.push(true);
  expect((await client.http.get('/api/v1/namespaces/x/services/loki:http/proxy/ready')).status).toBe(429);
  refusals.push(...Array<boolean>(10).fill(true));
  expect((await client.http.get('/version')).status).toBe(429);
});

test('a program that fails is named, with its own words', async () => {
  await expect(ask(near(), { exec: { command: '/bin/sh', args: ['-c', 'echo no session >&2; exit 1'] } })).rejects.toMatchObject({ problem: { code: 'PL-LOGIN-FAILED', expected: '`/bin/sh` to give credentials', seen: 'no session' } });
});

test('a far cluster is reached by the proxy that its kubeconfig names, or else by the environment\'s; one of our own by none', async () => {
  const url = `http://127.0.0.1:${portOf(proxy)}`;
  await ask(far({ 'proxy-url': url }), { token: 't' });
  expect(tunnels).toEqual([`far.example:${portOf(server)}`]);
  vi.stubEnv('HTTPS_PROXY', url);
  const own = await clientCertificate(ca, { commonName: 'somebody' });
  const inline = { 'client-certificate-data': data(own.cert), 'client-key-data': data(own.key) };
  for (const user of [{ token: 't' }, inline]) await ask(far(), user, 'abc123');
  expect([tunnels.length, asked.at(-1)?.certificate]).toEqual([3, 'somebody']);
  for (const user of [{ token: 't' }, inline]) await Promise.all([ask(near(), user), ask(near(), user, 'abc123')]);
  await expect(ask(far(), inline)).rejects.toThrow(/far\.example/);
  vi.stubEnv('NO_PROXY', 'far.example');
  await expect(ask(far(), { token: 't' }, 'abc123')).rejects.toThrow(/far\.example/);
  expect(tunnels).toHaveLength(3);
  vi.unstubAllEnvs();
});
