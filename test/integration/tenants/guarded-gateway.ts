import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import axios from 'axios';
import { createAuthority, servingCertificate } from '../../../src/clusters/pki.ts';

/** A gateway as users have them: TLS by an authority of their own, and nobody comes in without a password. */
export interface GuardedGateway extends AsyncDisposable {
  readonly url: string;
  /** Of the authority, PEM. */
  readonly authority: string;
}

interface Guarded {
  /** Where it listens; pods reach it there, too. */
  readonly address: string;
  /** Where each first part of a path leads: `mimir` of `/mimir/api/v1/query`. */
  readonly ways: Readonly<Record<string, string>>;
  /** As they are in `Authorization: Basic …`, with the one tenant that each may name. */
  readonly passwords: Readonly<Record<string, string>>;
}

const http = axios.create({ proxy: false, responseType: 'arraybuffer', validateStatus: () => true });

export async function startGuardedGateway(guarded: Guarded): Promise<GuardedGateway> {
  const authority = await createAuthority('gateway of a test');
  const server = createServer(await servingCertificate(authority, 'gateway', [], [guarded.address]), (request, response) => {
    pass(guarded, request, response).catch((error: unknown) => void response.writeHead(502).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, guarded.address, resolve));
  return {
    url: `https://${guarded.address}:${(server.address() as AddressInfo).port}`, authority: authority.pem,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function pass({ ways, passwords }: Guarded, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { authorization = 'nothing', host: _, 'accept-encoding': __, ...headers } = request.headers;
  const password = authorization.replace(/^Basic /, '');
  const [tenant, named] = [passwords[password], headers['x-scope-orgid']];
  // It repeats what it was sent, in clear as well, as a bad gateway does.
  if (tenant === undefined || (named !== undefined && named !== tenant)) {
    response.writeHead(tenant === undefined ? 401 : 403).end(`not with ${authorization}, which is ${Buffer.from(password, 'base64').toString()}`);
    return;
  }
  const [, way = '', path = ''] = /^\/([^/]+)(.*)$/.exec(request.url ?? '') ?? [];
  const answer = await http.request<ArrayBuffer>({ method: request.method ?? 'GET', url: `${ways[way]}${path}`, headers: headers as Record<string, string>, data: await buffer(request) });
  response.writeHead(answer.status, { 'Content-Type': String(answer.headers['content-type'] ?? 'text/plain') }).end(Buffer.from(answer.data));
}
