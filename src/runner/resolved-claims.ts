import type { CatalogEntry } from '../claims/catalog.ts';
import { onInstalled } from '../claims/installed.ts';
import { sidesOf } from '../claims/sides.ts';
import type { Side } from '../claims/sides.ts';
import { unmetNeed } from '../claims/unmet.ts';
import type { Abilities } from '../clusters/provider.ts';
import { PlumblineError } from '../errors.ts';
import type { ImageRecipe } from '../images/source.ts';
import { imageKey, platformImages } from '../platform/images.ts';
import type { ImageStates } from './image-states.ts';
import type { RunOptions } from './options.ts';

/** A claim with everything that its sides need. */
export interface ResolvedClaim extends CatalogEntry {
  readonly sides: readonly Side[];
  /** In the order in which its sides need them. */
  readonly images: readonly ImageRecipe[];
  /** Why it cannot be judged by this provider, or with these settings; it is then skipped. */
  readonly unmet?: string;
}

/** @throws PlumblineError of wrong use, PL-PLATFORM-INVALID among them where no claim at all is left with the settings */
export async function resolveClaims(entries: readonly CatalogEntry[], options: RunOptions, abilities: Abilities, states: ImageStates): Promise<readonly ResolvedClaim[]> {
  const errors: PlumblineError[] = [];
  const claims = await Promise.all(entries.map((entry) => resolveClaim(entry, options, abilities, states).catch(async (thrown: unknown) => {
    if (!isOfSettings(thrown, options)) throw thrown;
    errors.push(thrown);
    const { configured: _, tenants: __, ...rest } = options;
    const own = await resolveClaim(entry, { ...rest, set: {} }, abilities, states);
    return { ...own, unmet: `has no platform with these settings (${settingWords(options)}): ${thrown.problem.seen}` };
  })));
  // A setting that fits no claim is a mistake, and not a choice among them.
  if (errors[0] && errors.length === entries.length) throw errors[0];
  return claims;
}

async function resolveClaim({ claim: asWritten, file }: CatalogEntry, { set, configured, tenants, collectorConfig, installed }: RunOptions, abilities: Abilities, states: ImageStates): Promise<ResolvedClaim> {
  const claim = installed ? onInstalled(asWritten) : asWritten;
  // What a claim needs that the user's platform cannot be judged by is shown as it is elsewhere.
  const own = installed && claim.blackBox ? { settings: set, installed } : { settings: installed ? {} : set, ...(configured ? { configured } : {}), ...(tenants ? { tenants: tenants.byName } : {}), ...(collectorConfig ? { collectorConfig: collectorConfig.config } : {}) };
  const sides = await sidesOf(claim, own);
  const images = uniqueImages(sides.flatMap((side) => platformImages(side.spec)));
  const unmet = unmetNeed(claim, sides, abilities, installed !== undefined) ?? (await states.outOfReach(images));
  return { claim, file, sides, images, ...(unmet === undefined ? {} : { unmet }) };
}

function isOfSettings(thrown: unknown, options: RunOptions): thrown is PlumblineError {
  return thrown instanceof PlumblineError && thrown.problem.code === 'PL-PLATFORM-INVALID' && settingWords(options) !== '';
}

function settingWords({ set, configured, tenants }: RunOptions): string {
  const words = Object.entries(set).map(([key, value]) => `--set ${key}=${value}`);
  return [...words, ...(tenants ? [`tenants of ${tenants.path}`] : []), ...(configured ? [`what ${configured.file} says of platforms`] : [])].join(' ');
}

/** Those of these claims that can be judged. */
export function judgeable(claims: readonly ResolvedClaim[]): readonly ResolvedClaim[] {
  return claims.filter(({ unmet }) => unmet === undefined);
}

export function uniqueImages(images: readonly ImageRecipe[]): readonly ImageRecipe[] {
  return [...new Map(images.map((image) => [imageKey(image), image])).values()];
}
