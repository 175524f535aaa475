import axios from 'axios';
import type { AxiosResponse } from 'axios';
import { z } from 'zod';
import { PlumblineError, lastCause } from '../../errors.ts';
import type { RegistryPlace } from './place.ts';

/** What a failed connection means, by its code, for a person who has not met it before. */
const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to the host',
  ECONNRESET: 'it closed the connection',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is signed by an authority that is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is signed by an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is signed by an authority that is not known here',
  EPROTO: 'it does not speak TLS',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS',
};

/** In one line why nothing answered. The thrown value itself goes nowhere: it holds the request, and that may hold a password. */
export function connectionTrouble(thrown: unknown, timeoutMs: number): string {
  if (axios.isCancel(thrown)) return `no answer in ${timeoutMs / 1000} s`;
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (code === 'ECONNABORTED' || code === 'ETIMEDOUT') return `no answer in ${timeoutMs / 1000} s`;
  const meaning = meanings[code];
  return meaning === undefined ? lastCause(thrown) || code : `${meaning} (${code})`;
}

/** @param why from connectionTrouble */
export function unreachable({ host }: RegistryPlace, why: string): PlumblineError {
  return new PlumblineError({
    code: 'PL-REGISTRY-UNREACHABLE', kind: 'environment', expected: `an answer of the registry ${host}`, seen: `${host} does not answer: ${why}`, next: adviceFor(host, why),
  });
}

function adviceFor(host: string, why: string): string {
  if (why.includes('does not speak TLS')) return `If it is meant to, name it with its scheme: http://${host}.`;
  if (why.includes('certificate')) return 'Set NODE_EXTRA_CA_CERTS to the file of the authority that signed it; the nodes must know that authority too.';
  return '`plumbline doctor` asks it again; `--images build` needs no registry.';
}

/** An answer that is no success, in the registry's own words where it has some. */
export function refused({ host }: RegistryPlace, asked: string, response: AxiosResponse<unknown>): PlumblineError {
  const { status } = response;
  const denied = status === 401 || status === 403;
  return new PlumblineError({
    code: denied ? 'PL-REGISTRY-DENIED' : 'PL-REGISTRY-REFUSED', kind: 'environment', expected: `${host} to ${asked}`, seen: `${status}: ${wordsOf(response)}`,
    next: denied ? 'Set PLUMBLINE_REGISTRY_USERNAME and PLUMBLINE_REGISTRY_PASSWORD to whom it lets in, or `docker login` there.'
      : status === 429 ? 'Wait, or take a mirror with --registry-prefix; a registry lets those who log in ask more.' : 'Its own log says more.',
  });
}

const Errors = z.object({ errors: z.array(z.object({ code: z.string().optional(), message: z.string().optional() })) });

function wordsOf({ data, statusText }: AxiosResponse<unknown>): string {
  const text = typeof data === 'string' ? data : Buffer.isBuffer(data) ? data.toString() : '';
  const said = Errors.safeParse(parsed(text) ?? data).data?.errors.map(({ code, message }) => [code, message].filter(Boolean).join(': ')).filter((one) => one !== '');
  return said && said.length > 0 ? said.join('; ') : text.replaceAll(/\s+/g, ' ').trim().slice(0, 200) || statusText || 'no word of why';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
