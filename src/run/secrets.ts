/**
 * Credentials that this process knows. None is ever put into an event, a report or an error; but an answer of somebody's gateway may
 * repeat what it was sent, so whatever leaves the process by one of these ways is looked through.
 */
const hidden = new Set<string>();

/** Shorter ones would be found in any text; none of them is worth being called a credential. */
const shortest = 4;

/** Keeps a text out of everything that is shown or written from now on, also as it looks in JSON and in a URL. */
export function hide(secret: string): void {
  for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) if (form.length >= shortest) hidden.add(form);
}

/** The value of a header with credentials: all of it, what follows the scheme (`Basic …`, `Bearer …`), and a password in clear. */
export function hideHeader(value: string): void {
  hide(value);
  const [, scheme = '', credentials] = /^(\w+) +(\S+)$/.exec(value) ?? [];
  if (credentials === undefined) return;
  hide(credentials);
  if (scheme.toLowerCase() !== 'basic') return;
  const [, ...password] = Buffer.from(credentials, 'base64').toString().split(':');
  hide(password.join(':'));
}

/** The same value without any hidden text, in whatever depth of lists and mappings. */
export function shown<T>(value: T): T {
  if (hidden.size === 0) return value;
  return without(value, [...hidden].toSorted((a, b) => b.length - a.length)) as T;
}

function without(value: unknown, secrets: readonly string[]): unknown {
  if (typeof value === 'string') return secrets.reduce((text, secret) => text.replaceAll(secret, '***'), value);
  if (Array.isArray(value)) return value.map((one) => without(one, secrets));
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, without(inner, secrets)]));
}
