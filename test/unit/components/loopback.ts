import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Servers of a test, on loopback. */

export interface Listening extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

export async function listening(server: Server): Promise<Listening> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port, url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A server that remembers what it was asked. */
export async function recording(answer: RequestListener): Promise<Listening & { readonly requests: readonly IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const server = await listening(createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  }));
  return Object.assign(server, { requests });
}
