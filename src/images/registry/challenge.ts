import axios from 'axios';
import { z } from 'zod';
import { basic } from './credentials.ts';
import type { Credentials } from './credentials.ts';

/** What a registry asks for with 401, as its WWW-Authenticate header says it. */
export type Challenge = { readonly scheme: 'basic' } | { readonly scheme: 'bearer'; readonly realm: string; readonly service?: string; readonly scope?: string };

/** The first of the header's challenges that can be met; undefined where there is none. */
export function challengeIn(header: string | undefined): Challenge | undefined {
  if (header === undefined) return undefined;
  if (/^\s*basic\b/i.test(header)) return { scheme: 'basic' };
  if (!/^\s*bearer\b/i.test(header)) return undefined;
  const { realm, service, scope } = Object.fromEntries([...header.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key.toLowerCase(), value]));
  return realm === undefined ? undefined : { scheme: 'bearer', realm, ...(service === undefined ? {} : { service }), ...(scope === undefined ? {} : { scope }) };
}

const Token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/** Asks a token server, with the credentials where there are some, else as anybody. Undefined where it grants nothing. @throws AxiosError where it does not answer */
export async function bearerToken({ realm, service, scope }: Challenge & { scheme: 'bearer' }, credentials: Credentials | undefined, timeoutMs: number): Promise<string | undefined> {
  const { status, data } = await axios.get<unknown>(realm, {
    params: { ...(service === undefined ? {} : { service }), ...(scope === undefined ? {} : { scope }) },
    headers: { 'User-Agent': 'plumbline', ...(credentials ? { Authorization: basic(credentials) } : {}) },
    timeout: timeoutMs, signal: AbortSignal.timeout(timeoutMs), validateStatus: () => true,
  });
  if (status !== 200) return undefined;
  const token = Token.safeParse(data).data;
  return token?.token ?? token?.access_token;
}
