import type { ClusterProvider } from '../clusters/provider.ts';

/** Every cluster provider; loaded late, for most verbs need none. */
export async function clusterProviders(): Promise<readonly ClusterProvider[]> {
  return (await import('../clusters/choose.ts')).providers;
}
