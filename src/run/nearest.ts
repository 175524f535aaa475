import { closest, distance } from 'fastest-levenshtein';

/** Further away than this share of the name it is another word, and a guess would mislead. */
const nearEnough = 0.5;

/** The known name that was most likely meant, in any case; undefined where none is near. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name.toLowerCase(), known.map((each) => each.toLowerCase()));
  const found = known.find((each) => each.toLowerCase() === best);
  return distance(name.toLowerCase(), best) <= Math.max(1, best.length * nearEnough) ? found : undefined;
}
