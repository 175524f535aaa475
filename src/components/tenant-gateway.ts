import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { lastCause } from '../errors.ts';
import { directHttp } from './backend-access.ts';
import type { BackendAccess } from './backend-access.ts';

/** A gateway that listens, and how the backend is asked by way of it. */
export interface TenantGateway extends AsyncDisposable {
  readonly access: BackendAccess;
}

/** Of one connection, or made anew for the next one. */
const ownHeaders = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'accept-encoding', 'keep-alive']);

/**
 * A gateway in front of a backend's query API that adds a tenant to each request without one, and hands on everything else as it is. It
 * listens on loopback in this process, from where the backend can be asked whoever runs it.
 */
export async function startTenantGateway(behind: BackendAccess, tenant: string): Promise<TenantGateway> {
  const server = createServer((request, response) => void pass(behind, tenant, request, response));
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    access: { name: `${behind.name}, by way of a gateway that adds a tenant,`, http: directHttp({ proxy: false }), headers: behind.headers, base: url },
    [Symbol.asyncDispose]: () => close(server),
  };
}

async function pass(behind: BackendAccess, tenant: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const named = Object.entries(request.headers).filter(([name]) => !ownHeaders.has(name));
    const { status, headers, data } = await behind.http.request<ArrayBuffer>({
      method: request.method ?? 'GET', url: `${behind.base}${request.url ?? ''}`, data: await buffer(request),
      headers: { 'x-scope-orgid': tenant, ...Object.fromEntries(named) }, responseType: 'arraybuffer',
    });
    response.writeHead(status, { 'Content-Type': String(headers['content-type'] ?? 'text/plain') }).end(Buffer.from(data));
  } catch (thrown) {
    response.writeHead(502).end(lastCause(thrown));
  }
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
