import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { distance } from 'fastest-levenshtein';
import { PlumblineError } from '../errors.ts';
import { packageRoot } from '../run/paths.ts';
import type { Claim } from './claim.ts';

export interface CatalogEntry {
  readonly claim: Claim;
  /** Absolute path of the suite's file. */
  readonly file: string;
}

const nearestShown = 3;

/**
 * Every claim below suites/, in the order of areas and ids.
 * @throws PlumblineError PL-CLAIM-DUPLICATE, PL-SUITE-WITHOUT-CLAIM: defects of a suite file, named with it
 */
export async function loadCatalog(folder = join(packageRoot, 'suites')): Promise<readonly CatalogEntry[]> {
  const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.suite.ts'));
  const entries = await Promise.all(files.map((file) => load(join(folder, file))));
  const sorted = entries.toSorted((a, b) => a.claim.id.localeCompare(b.claim.id, 'en', { numeric: true }));
  for (const [index, entry] of sorted.entries()) {
    const other = sorted[index + 1];
    if (other?.claim.id === entry.claim.id) throw suiteError('PL-CLAIM-DUPLICATE', 'one suite file a claim', `${entry.claim.id} in ${entry.file} and ${other.file}`);
  }
  return sorted;
}

async function load(file: string): Promise<CatalogEntry> {
  const module = (await import(pathToFileURL(file).href)) as { default?: Claim };
  if (module.default?.check === undefined) throw suiteError('PL-SUITE-WITHOUT-CLAIM', 'a suite file that exports defineClaim(…) as its default', relative(packageRoot, file));
  return { claim: module.default, file };
}

/**
 * The entries that selectors (claim ids or areas) and a pattern choose; all where neither is given.
 * @throws PlumblineError PL-CLAIM-UNKNOWN with the nearest names
 */
export function selectClaims(catalog: readonly CatalogEntry[], selectors: readonly string[], grep?: RegExp): readonly CatalogEntry[] {
  const names = [...new Set(catalog.flatMap(({ claim }) => [claim.id, claim.area]))];
  for (const selector of selectors) if (!names.some((name) => same(name, selector))) throw unknown(selector, names);
  const chosen = catalog
    .filter(({ claim }) => selectors.length === 0 || selectors.some((one) => same(one, claim.id) || same(one, claim.area)))
    .filter(({ claim }) => !grep || grep.test(`${claim.area} ${claim.id} ${claim.claim}`));
  if (chosen.length === 0) throw unknown(String(grep), names);
  return chosen;
}

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function unknown(selector: string, names: readonly string[]): PlumblineError {
  const nearest = names.toSorted((a, b) => distance(a.toLowerCase(), selector.toLowerCase()) - distance(b.toLowerCase(), selector.toLowerCase()));
  return new PlumblineError({
    code: 'PL-CLAIM-UNKNOWN', kind: 'usage', expected: 'a claim id or an area', seen: selector,
    next: `did you mean ${nearest.slice(0, nearestShown).join(' or ')}? \`plumbline list\` shows all`,
  });
}

function suiteError(code: `PL-${string}`, expected: string, seen: string): PlumblineError {
  return new PlumblineError({ code, kind: 'usage', expected, seen, next: 'see docs/write-a-claim.md' });
}
