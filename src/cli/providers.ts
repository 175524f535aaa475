import type { ClusterProvider } from '../clusters/provider.ts';

/** Every cluster provider, the preferred first; loaded late, for most verbs need none. */
export async function clusterProviders(): Promise<readonly ClusterProvider[]> {
  const embedded: string = '../clusters/embedded/provider.ts';
  return [((await import(embedded)) as { embedded: ClusterProvider }).embedded];
}
