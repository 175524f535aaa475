import { PlumblineError } from '../../errors.ts';

/** A registry, and the folder of it that somebody named: `mirror.example:5000/hub`. */
export interface RegistryPlace {
  /** With its port where one was named. */
  readonly host: string;
  /** In front of the names of all repositories; empty, or without a slash at either end. */
  readonly path: string;
  /** Spoken to without TLS. */
  readonly plain: boolean;
}

/** As image references have them, in front of their first slash. */
const hostForm = /^(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:\d{1,5})?$/i;
const pathForm = /^[a-z0-9]+([._/-]+[a-z0-9]+)*$/;

/**
 * Reads `host`, `host:port/path` or either behind `http://` or `https://`. Without a scheme only this machine's own registries are
 * spoken to without TLS, as container runtimes have it.
 *
 * @param setting what to say of where it stands: `--registry-prefix`
 * @throws PlumblineError PL-REGISTRY-INVALID
 */
export function registryPlace(text: string, setting: string): RegistryPlace {
  const [, scheme, rest = ''] = /^(https?:\/\/)?(.*?)\/*$/i.exec(text) ?? [];
  const slash = rest.indexOf('/');
  const [host, path] = slash < 0 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash + 1)];
  if (!hostForm.test(host) || (path !== '' && !pathForm.test(path))) throw invalid(text, setting);
  return { host, path, plain: scheme === undefined ? isLoopback(host) : scheme.toLowerCase() === 'http://' };
}

/** Whether a host is this machine under a name that means nothing else anywhere. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || /^127(\.\d{1,3}){3}$/.test(name);
}

/** The name of a repository in that registry. */
export function repositoryIn({ path }: RegistryPlace, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/** The same as an image reference has it. */
export function referenceIn(place: RegistryPlace, name: string): string {
  return `${place.host}/${repositoryIn(place, name)}`;
}

function invalid(text: string, setting: string): PlumblineError {
  return new PlumblineError({
    // What stands before an @ is a password.
    code: 'PL-REGISTRY-INVALID', kind: 'usage', expected: `a registry's host, with a path where there is one, in ${setting}`, seen: text.replace(/^.*@/, '…@'),
    next: `Write it as in \`${setting} mirror.example:5000/hub\`, with http:// in front of a host that speaks no TLS; name and password belong into PLUMBLINE_REGISTRY_USERNAME and PLUMBLINE_REGISTRY_PASSWORD.`,
  });
}
