interface Mirror {
  readonly endpoint: readonly string[];
  readonly rewrite?: Readonly<Record<string, string>>;
}

/**
 * k3s' registries.yaml for the user's prefix; as JSON, which is YAML too. Whatever k3s pulls for itself comes by the prefix as well:
 * there may be no other way out. Undefined where there is no prefix.
 */
export function registriesFile(registryPrefix: string | undefined): string | undefined {
  if (registryPrefix === undefined) return undefined;
  const { origin, host, pathname } = new URL(/^https?:\/\//.test(registryPrefix) ? registryPrefix : `https://${registryPrefix}`);
  const path = pathname.replace(/^\/|\/$/g, '');
  const mirror: Mirror = { endpoint: [origin], ...(path === '' ? {} : { rewrite: { '^(.*)$': `${path}/$1` } }) };
  // References with the prefix in them name the path already.
  return JSON.stringify({ mirrors: { [host]: { endpoint: [origin] }, '*': mirror } });
}
