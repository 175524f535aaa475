import { PlumblineError } from '../errors.ts';
import { embeddedProvider } from './embedded/index.ts';
import { existingProvider } from './existing/index.ts';
import { k3sProvider } from './k3s/index.ts';
import { kindProvider } from './kind/index.ts';
import type { Abilities, ClusterProvider, ProviderName } from './provider.ts';
import type { ProviderSettings } from './settings.ts';

/**
 * Every provider there is, in the order in which `down` asks them to remove a run: the one that knows its clusters by the run's folder
 * alone first, then the one that takes its mounts out of it. Each of the others may remove the folder.
 */
export function providersFor(settings: ProviderSettings = {}): readonly ClusterProvider[] {
  return [existingProvider(settings), embeddedProvider(), k3sProvider(settings), kindProvider(settings)];
}

/** What `auto` may choose, the preferred first; others have to be named. */
const automatic: readonly ProviderName[] = ['k3s', 'embedded'];

export interface ProviderChoice {
  readonly provider: ClusterProvider;
  readonly abilities: Abilities;
  /** Why `auto` took none of those that come before it. */
  readonly passedOver: readonly string[];
}

/**
 * The provider of that name, or the first that can be used on this machine of those that nobody has to name.
 * @throws PlumblineError PL-PROVIDER-UNUSABLE with what stands in the way of each
 */
export async function chooseProvider(name: 'auto' | ProviderName, settings: ProviderSettings): Promise<ProviderChoice> {
  const reasons: string[] = [];
  const all = providersFor(settings);
  for (const provider of (name === 'auto' ? automatic : [name]).flatMap((wanted) => all.filter((one) => one.name === wanted))) {
    const abilities = await provider.abilities();
    if (abilities.usable) return { provider, abilities, passedOver: reasons };
    reasons.push(`${provider.name}: ${abilities.findings.join(' ')}`);
  }
  throw new PlumblineError({
    code: 'PL-PROVIDER-UNUSABLE', kind: 'environment', expected: 'a provider that can make clusters on this machine',
    seen: reasons.join('; '), next: '`plumbline doctor` says what each needs',
  });
}
