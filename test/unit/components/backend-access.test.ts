import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { text } from 'node:stream/consumers';
import { inspect } from 'node:util';
import axios from 'axios';
import { expect, test } from 'vitest';
import { createAuthority, servingCertificate } from '../../../src/clusters/pki.ts';
import type { BackendAccess } from '../../../src/components/backend-access.ts';
import { directHttp, serviceAccess } from '../../../src/components/backend-access.ts';
import { answerToQuery } from '../../../src/components/backend-probe.ts';
import { startTenantGateway } from '../../../src/components/tenant-gateway.ts';
import { listening, recording } from './loopback.ts';

const headers = { Authorization: 'Bearer planted' };

test('a redirect is an answer: credentials go where they were meant to go only', async () => {
  await using elsewhere = await recording((_, response) => void response.end('ok'));
  await using backend = await recording((_, response) => void response.writeHead(302, { Location: elsewhere.url }).end('sign in'));
  const access = { name: 'loki', http: directHttp(), base: backend.url, headers };
  expect(await answerToQuery({ access, tenant: 'a' }, 'loki', AbortSignal.timeout(5000))).toEqual({ status: 302, body: 'sign in' });
  expect(backend.requests[0]?.headers).toMatchObject({ authorization: 'Bearer planted', 'x-scope-orgid': 'a' });
  expect(elsewhere.requests).toEqual([]);
});

test('the API server gets no Authorization that is meant for what is behind it', async () => {
  await using apiServer = await recording((_, response) => void response.end('{}'));
  const client = { server: apiServer.url, http: axios.create({ baseURL: apiServer.url, proxy: false, headers: { Authorization: 'its own' } }) };
  const access = serviceAccess('loki', client, { namespace: 'logs', service: 'loki', port: 3100, tls: true, path: '/base' }, { 'X-Key': 'backend' });
  await answerToQuery({ access, tenant: 'a', headers: { authorization: 'planted' } }, 'loki', AbortSignal.timeout(5000));
  expect(apiServer.requests.map(({ url }) => url)).toEqual(['/api/v1/namespaces/logs/services/https:loki:3100/proxy/base/loki/api/v1/labels']);
  expect(apiServer.requests[0]?.headers).toMatchObject({ authorization: 'its own', 'x-key': 'backend', 'x-scope-orgid': 'a' });
});

test('an error of the connection says why, and nothing of the request', async () => {
  const gone = await listening(createServer());
  await gone[Symbol.asyncDispose]();
  const thrown: unknown = await directHttp().get(gone.url, { headers }).catch((error: unknown) => error);
  expect(String(thrown)).toContain('ECONNREFUSED');
  expect(inspect(thrown, { depth: 9 })).not.toContain('planted');
});

test('a gateway that adds a tenant hands on everything else', async () => {
  await using backend = await recording((request, response) => void response.writeHead(request.headers['x-scope-orgid'] === undefined ? 401 : 200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ asked: request.url })));
  const behind = { name: 'loki', http: directHttp(), base: `${backend.url}/base`, headers };
  await using gateway = await startTenantGateway(behind, 'added');
  const ask = (access: BackendAccess, tenant: string | undefined) => answerToQuery({ access, tenant }, 'mimir', AbortSignal.timeout(5000));
  expect(await ask(behind, undefined)).toMatchObject({ status: 401 });
  expect(await ask(gateway.access, undefined)).toEqual({ status: 200, body: '' });
  expect(await ask(gateway.access, 'own')).toEqual({ status: 200, body: '' });
  expect(backend.requests.map(({ url, headers: { authorization, 'x-scope-orgid': tenant } }) => `${url} ${authorization} ${tenant}`)).toEqual([
    '/base/api/v1/query?query=vector(1) Bearer planted undefined', '/base/api/v1/query?query=vector(1) Bearer planted added', '/base/api/v1/query?query=vector(1) Bearer planted own',
  ]);
});

/** What a process that is started with this environment is answered. */
async function asked(url: string, env: Readonly<Record<string, string>>): Promise<string> {
  const module = new URL('../../../src/components/backend-access.ts', import.meta.url).href;
  const script = `import { directHttp } from ${JSON.stringify(module)}; console.log(await directHttp().get(${JSON.stringify(url)}).then(({ data }) => data, ({ message }) => message));`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  return (await text(child.stdout)).trim();
}

test('an authority of NODE_EXTRA_CA_CERTS is trusted, no other is, and HTTPS_PROXY is the way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-trust-'));
  try {
    const authority = await createAuthority('of a test');
    writeFileSync(join(folder, 'ca.pem'), authority.pem);
    await using backend = await listening(createSecureServer(await servingCertificate(authority, 'backends.test', ['backends.test'], []), (_, response) => void response.end('the backend')));
    const ways: string[] = [];
    // A name that nobody knows but the proxy.
    const proxy = createServer().on('connect', (request, client: Socket) => {
      ways.push(request.url ?? '');
      const onward = connect(backend.port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      pipeline(client, onward, client, () => void [client, onward].forEach((socket) => socket.destroy()));
    });
    await using way = await listening(proxy);
    const by = { HTTPS_PROXY: way.url };
    const answers = await Promise.all([asked('https://backends.test/', { ...by, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') }), asked('https://backends.test/', by)]);
    expect(answers).toEqual(['the backend', expect.stringContaining('unable to verify')]);
    expect(ways).toEqual(['backends.test:443', 'backends.test:443']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
