import { PlumblineError } from '../errors.ts';
import type { CatalogEntry } from './catalog.ts';
import type { Claim } from './claim.ts';
import { selectClaims } from './catalog.ts';

type Named = Pick<Claim, 'id' | 'area'>;

/** Whether a claim decides about a run. @param binding claim ids or areas, in any case; left out: every claim does */
export function binds({ id, area }: Named, binding: readonly string[] | undefined): boolean {
  return binding === undefined || binding.some((name) => [id, area].some((own) => own.toLowerCase() === name.toLowerCase()));
}

/** @throws PlumblineError PL-CLAIM-UNKNOWN for a name that is none, with the nearest ones */
export function checkBinding(catalog: readonly CatalogEntry[], binding: readonly string[] | undefined): void {
  try {
    if (binding !== undefined && binding.length > 0) selectClaims(catalog, binding);
  } catch (thrown) {
    if (!(thrown instanceof PlumblineError)) throw thrown;
    throw new PlumblineError({ ...thrown.problem, seen: `binding: ${thrown.problem.seen}` });
  }
}
