import { expect, test } from 'vitest';
import { directHttp } from '../../../src/components/backend-access.ts';
import { backendsAnswer } from '../../../src/platform/installed-answers.ts';
import type { Tenant } from '../../../src/platform/platform.ts';
import { recording } from '../components/loopback.ts';

const tenants = [{ name: 'team-a', id: 'a' }, { name: 'team-b', id: 'b', headers: { Authorization: 'wrong' } }] as unknown as readonly Tenant[];

async function outcome(answer: Parameters<typeof recording>[0]): Promise<string> {
  await using server = await recording(answer);
  const access = { mimir: { name: 'mimir at here', http: directHttp({ proxy: false }), base: server.url, headers: {} } };
  const asked = backendsAnswer({ access, intakes: {} }, tenants, { signal: AbortSignal.timeout(8000), note: () => undefined });
  return await asked.then(() => 'answered', ({ message }: Error) => message.replaceAll(server.url, 'URL'));
}

test('what answers every tenant is there', async () => {
  expect(await outcome((_, response) => void response.end('{}'))).toBe('answered');
});

test('credentials that one tenant has wrong are named with it, at once', async () => {
  expect(await outcome((request, response) => void response.writeHead(request.headers.authorization === 'wrong' ? 401 : 200).end('{}')))
    .toBe('PL-INSTALLED-REFUSED: expected mimir at here to answer a query of tenant team-b (X-Scope-OrgID b); saw 401 from URL/api/v1/query?query=vector(1): {}');
});

test('a wrong path and a page to sign in at are no backend, at once', async () => {
  expect(await outcome((_, response) => void response.writeHead(404).end('404 page not found'))).toMatch(/^PL-INSTALLED-UNREACHABLE: .*saw 404 from URL.*: 404 page not found$/);
  expect(await outcome((_, response) => void response.end('<html>sign in'))).toMatch(/^PL-INSTALLED-UNREACHABLE: .*no JSON in the answer: <html>sign in$/);
});

test('what is started again just now is waited for', async () => {
  const seen = { requests: 0 };
  expect(await outcome((_, response) => void response.writeHead(++seen.requests < 4 ? 503 : 200).end('{}'))).toBe('answered');
  expect(seen.requests).toBe(5);
});
