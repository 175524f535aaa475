import { PlumblineError } from '../errors.ts';
import { embeddedProvider } from './embedded/index.ts';
import { k3sProvider } from './k3s/index.ts';
import type { Abilities, ClusterProvider, ProviderName } from './provider.ts';
import type { ProviderSettings } from './settings.ts';

/** Every provider there is, in the order in which `auto` prefers them. */
export function providersFor(settings: ProviderSettings = {}): readonly ClusterProvider[] {
  return [k3sProvider(settings), embeddedProvider()];
}

export interface ProviderChoice {
  readonly provider: ClusterProvider;
  readonly abilities: Abilities;
}

/**
 * The provider of that name, or the first one that can be used on this machine.
 * @throws PlumblineError PL-PROVIDER-UNUSABLE with what stands in the way of each
 */
export async function chooseProvider(name: 'auto' | ProviderName, settings: ProviderSettings): Promise<ProviderChoice> {
  const reasons: string[] = [];
  for (const provider of providersFor(settings).filter((one) => name === 'auto' || one.name === name)) {
    const abilities = await provider.abilities();
    if (abilities.usable) return { provider, abilities };
    reasons.push(`${provider.name}: ${abilities.findings.join(' ')}`);
  }
  throw new PlumblineError({
    code: 'PL-PROVIDER-UNUSABLE', kind: 'environment', expected: 'a provider that can make clusters on this machine',
    seen: reasons.join('; '), next: '`plumbline doctor` says what each needs',
  });
}
