import type { ProviderSettings } from '../settings.ts';

interface Mirror {
  readonly endpoint: readonly string[];
  readonly rewrite?: Readonly<Record<string, string>>;
}

/**
 * k3s' registries.yaml for the registries that the user names; as JSON, which is YAML too. Whatever k3s pulls for itself comes by the prefix
 * as well: there may be no other way out. Undefined where none is named.
 */
export function registriesFile({ registryPrefix, pushTo }: Pick<ProviderSettings, 'registryPrefix' | 'pushTo'>): string | undefined {
  const mirrors: Record<string, Mirror> = {};
  if (pushTo !== undefined) {
    const { origin, host } = urlOf(pushTo);
    // By its scheme nodes know whether it speaks TLS.
    mirrors[host] = { endpoint: [origin] };
  }
  if (registryPrefix !== undefined) {
    const { origin, host, pathname } = urlOf(registryPrefix);
    const path = pathname.replace(/^\/|\/$/g, '');
    // References with the prefix in them name the path already.
    mirrors[host] = { endpoint: [origin] };
    mirrors['*'] = { endpoint: [origin], ...(path === '' ? {} : { rewrite: { '^(.*)$': `${path}/$1` } }) };
  }
  return Object.keys(mirrors).length === 0 ? undefined : JSON.stringify({ mirrors });
}

function urlOf(registry: string): URL {
  return new URL(/^https?:\/\//.test(registry) ? registry : `https://${registry}`);
}
