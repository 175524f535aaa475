import { closest, distance } from 'fastest-levenshtein';
import { PlumblineError } from '../errors.ts';

/** What a claim can be chosen by. */
export interface Selectable {
  readonly id: string;
  readonly area: string;
  /** The claim's one sentence. */
  readonly claim: string;
}

/**
 * The claims that the selectors name (areas or ids, in any case; none: all), in the order of `claims`, and of these the
 * ones whose id, area or sentence the expression matches.
 *
 * @throws PlumblineError PL-CLAIM-UNKNOWN for a selector that names nothing; PL-CLAIM-NONE where grep leaves nothing
 */
export function selectClaims<T extends Selectable>(claims: readonly T[], selectors: readonly string[], grep?: RegExp): T[] {
  for (const selector of selectors) if (!claims.some((claim) => isNamed(claim, selector))) throw unknown(claims, selector);
  const named = selectors.length === 0 ? [...claims] : claims.filter((claim) => selectors.some((selector) => isNamed(claim, selector)));
  if (grep === undefined) return named;
  const left = named.filter((claim) => [claim.id, claim.area, claim.claim].some((text) => text.search(grep) >= 0));
  if (left.length === 0) throw noneLeft(named, grep);
  return left;
}

function isNamed(claim: Selectable, selector: string): boolean {
  const wanted = selector.toLowerCase();
  return claim.id.toLowerCase() === wanted || claim.area.toLowerCase() === wanted;
}

/** Further away than this it is another word, and a guess would mislead. */
const nearEnough = 0.5;

/** The known name that was most likely meant; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name.toLowerCase(), known.map((each) => each.toLowerCase()));
  const found = known.find((each) => each.toLowerCase() === best);
  return distance(name.toLowerCase(), best) <= Math.max(1, best.length * nearEnough) ? found : undefined;
}

function unknown(claims: readonly Selectable[], selector: string): PlumblineError {
  const areas = [...new Set(claims.map((claim) => claim.area))];
  const ids = claims.map((claim) => claim.id);
  const meant = nearest(selector, [...areas, ...ids]);
  return new PlumblineError({
    code: 'PL-CLAIM-UNKNOWN',
    kind: 'usage',
    expected: `an area (${areas.join(', ')}) or a claim (${ids.join(', ')})`,
    seen: JSON.stringify(selector),
    next: meant === undefined ? 'plumbline list' : `did you mean ${meant}? \`plumbline list\` shows all`,
  });
}

function noneLeft(named: readonly Selectable[], grep: RegExp): PlumblineError {
  return new PlumblineError({
    code: 'PL-CLAIM-NONE',
    kind: 'usage',
    expected: `a claim whose id, area or sentence matches ${grep}`,
    seen: `none of ${named.map((claim) => claim.id).join(', ')}`,
    next: 'plumbline list',
  });
}
