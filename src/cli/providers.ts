import type { ClusterProvider } from '../clusters/provider.ts';
import type { ProviderSettings } from '../clusters/settings.ts';

/** Every cluster provider; loaded late, for most verbs need none. */
export async function clusterProviders(settings: ProviderSettings = {}): Promise<readonly ClusterProvider[]> {
  return (await import('../clusters/choose.ts')).providersFor(settings);
}
