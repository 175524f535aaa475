/**
 * k3s' registries.yaml for a prefix whose registry speaks plain HTTP, which nodes would refuse; as JSON, which is YAML too.
 * Undefined where there is nothing to say.
 */
export function registriesFile(registryPrefix: string | undefined): string | undefined {
  const host = /^http:\/\/([^/]+)/.exec(registryPrefix ?? '')?.[1];
  return host === undefined ? undefined : JSON.stringify({ mirrors: { [host]: { endpoint: [`http://${host}`] } } });
}
