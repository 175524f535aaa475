import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import axios from 'axios';
import { createAuthority, servingCertificate } from '../../../src/clusters/pki.ts';

/** A gateway as users have them in front of their backends: TLS by an authority of their own, and nobody comes in without a password. */
export interface GuardedGateway extends AsyncDisposable {
  readonly url: string;
  /** Of the authority, PEM. */
  readonly authority: string;
}

/**
 * @param address where it listens; pods reach it there, too
 * @param ways where each first part of a path leads: `mimir` of `/mimir/api/v1/query`
 * @param passwords as they are in `Authorization: Basic …`, with the tenants that each may name. A refusal repeats what it was sent, as
 *   bad gateways do
 */
export async function startGuardedGateway(address: string, ways: Readonly<Record<string, string>>, passwords: Readonly<Record<string, string>>): Promise<GuardedGateway> {
  const authority = await createAuthority('gateway of a test');
  const http = axios.create({ proxy: false, responseType: 'arraybuffer', validateStatus: () => true });
  const server = createServer(await servingCertificate(authority, address, [], [address]), (request, response) => void (async () => {
    const given = request.headers.authorization ?? 'nothing';
    const tenant = passwords[given.replace(/^Basic /, '')];
    const named = request.headers['x-scope-orgid'];
    if (tenant === undefined || (named !== undefined && named !== tenant)) {
      response.writeHead(tenant === undefined ? 401 : 403).end(`not with ${given}, which is ${Buffer.from(given.replace(/^Basic /, ''), 'base64').toString()}`);
      return;
    }
    const [, way = '', path = ''] = /^\/([^/]+)(.*)$/.exec(request.url ?? '') ?? [];
    const { authorization: _, host: __, 'accept-encoding': ___, ...headers } = request.headers;
    const { status, data, headers: answered } = await http.request<ArrayBuffer>({ method: request.method ?? 'GET', url: `${ways[way]}${path}`, headers: headers as Record<string, string>, data: await buffer(request) });
    response.writeHead(status, { 'Content-Type': String(answered['content-type'] ?? 'text/plain') }).end(Buffer.from(data));
  })().catch((error: unknown) => response.writeHead(502).end(String(error))));
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  return {
    url: `https://${address}:${(server.address() as AddressInfo).port}`, authority: authority.pem,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
