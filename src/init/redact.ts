import { isTenantHeader } from '../platform/installed-spec.ts';
import { isMapping } from './seen.ts';

/** A value without what may be a credential. */
export interface Redacted {
  readonly value: unknown;
  /** Where something was taken out: `exporters.otlphttp.headers.Authorization`. */
  readonly places: readonly string[];
}

/** Whose keys are credentials; that of a route or a partition is none. */
const keys = '(?:api|access|account|private|license|ingest|ingestion|instrumentation|app|application|shared|signing|encryption)_?key';

/** Names of settings that hold one. A file's name is none. */
const secret = new RegExp(`(?:^|_|-)(?:auth|authorization|password|passwd|passphrase|pass|secret|token|credentials?|${keys}|key_pem|cookie|bearer|dsn|sas|connection_?string)(?:$|_|-)`, 'i');
const harmless = /(?:_|-)(?:file|path|env|name|type|url|scheme)$/i;

/** Headers without a credential. */
const plainHeaders = /^(?:accept|accept-encoding|content-type|content-encoding|user-agent)$/i;

/** A value that is put in when the collector starts. */
const reference = /^\s*(?:(?:basic|bearer)\s+)?\$\{[^}]*\}\s*$/i;

/**
 * Each credential becomes `${env:…}`, a variable named after its place. What is one is told by names: of headers all but the tenant's, of
 * settings those that credentials go by; and by form: `Basic …`, `Bearer …`, and what a URL has before its host or in its query.
 */
export function redact(value: unknown, path: readonly string[] = []): Redacted {
  if (typeof value === 'string') return redactText(value, path);
  // A number, too, may be a password.
  if (typeof value === 'number' && isSecret(path)) return redactText(String(value), path);
  const inner = Array.isArray(value) ? value.map((one, index) => [String(index), redact(one, [...path, String(index)])] as const)
    : isMapping(value) ? Object.entries(value).map(([key, one]) => [key, redact(one, [...path, key])] as const) : undefined;
  if (!inner) return { value, places: [] };
  const places = inner.flatMap(([, one]) => one.places);
  return { value: Array.isArray(value) ? inner.map(([, one]) => one.value) : Object.fromEntries(inner.map(([key, one]) => [key, one.value])), places };
}

function redactText(text: string, path: readonly string[]): Redacted {
  if (reference.test(text) || text === '') return { value: text, places: [] };
  if (isSecret(path) || /^(?:basic|bearer)\s+\S/i.test(text) || /-----BEGIN [A-Z ]*PRIVATE KEY/.test(text)) return { value: variableOf(path), places: [path.join('.')] };
  const bare = text.replace(/(\w:\/\/)[^/@\s]+@/g, (all, scheme: string) => (/\/\/(?:[^:]*:)?\$\{[^}]*\}@$/.test(all) ? all : scheme))
    .replace(/([?&](?:[\w-]*(?:token|key|secret|password|sig))=)[^&#\s]+/gi, '$1redacted');
  return { value: bare, places: bare === text ? [] : [path.join('.')] };
}

function isSecret(path: readonly string[]): boolean {
  const [parent = '', name = ''] = path.slice(-2);
  if (/headers$/i.test(parent)) return !isTenantHeader(name) && !plainHeaders.test(name);
  // `clientSecret` as `client_secret`
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2');
  return secret.test(words) && !harmless.test(words);
}

function variableOf(path: readonly string[]): string {
  return `\${env:${path.slice(1).join('_').replaceAll(/\W+/g, '_').toUpperCase()}}`;
}
