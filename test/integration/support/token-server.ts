import { createPrivateKey, randomUUID, sign } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PemConverter } from '@peculiar/x509';
import { clientCertificate, createAuthority } from '../../../src/clusters/pki.ts';
import type { KeyedCertificate } from '../../../src/clusters/pki.ts';

export interface TokenServer extends AsyncDisposable {
  /** The `auth` section of a registry that believes its tokens. */
  readonly auth: object;
  /** What it was asked: the scope, and whether by somebody who said who he is. */
  readonly asked: { readonly scope: string; readonly authorization: string | undefined }[];
}

const service = 'registry.test';
const issuer = 'plumbline test';

/**
 * A token server as registries have them: lets anybody pull, and whoever says who he is push.
 *
 * @param authorization header of the one that may push
 */
export async function startTokenServer(authorization: string): Promise<TokenServer> {
  const authority = await createAuthority('tokens');
  const signer = await clientCertificate(authority, { commonName: 'token signer' });
  const folder = await mkdtemp(join(tmpdir(), 'plumbline-tokens-'));
  const rootcertbundle = join(folder, 'root.pem');
  await writeFile(rootcertbundle, authority.pem);
  const asked: TokenServer['asked'] = [];
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const scope = query.get('scope') ?? '';
    asked.push({ scope, authorization: request.headers.authorization });
    const known = request.headers.authorization === authorization;
    if (request.headers.authorization !== undefined && !known) return void response.writeHead(401).end();
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify({ token: tokenFor(signer, scope, known ? ['pull', 'push'] : ['pull']) }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    auth: { token: { realm: `http://127.0.0.1:${port}/token`, service, issuer, rootcertbundle } }, asked,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** RFC 7515, signed by ES256, with the certificate of whoever signed. */
function tokenFor({ cert, key }: KeyedCertificate, scope: string, allowed: readonly string[]): string {
  const [type = '', name = '', actions = ''] = scope.split(':');
  const now = Math.floor(Date.now() / 1000);
  const x5c = PemConverter.decode(cert).map((der) => Buffer.from(der).toString('base64'));
  const access = scope === '' ? [] : [{ type, name, actions: actions.split(',').filter((action) => allowed.includes(action)) }];
  const claims = { iss: issuer, sub: '', aud: service, exp: now + 300, nbf: now - 10, iat: now, jti: randomUUID(), access };
  const signed = [{ alg: 'ES256', typ: 'JWT', x5c }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign('sha256', Buffer.from(signed), { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}
