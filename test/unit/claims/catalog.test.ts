import { expect, test } from 'vitest';
import { loadCatalog, selectClaims } from '../../../src/claims/catalog.ts';
import { sidesOf, twinIsTheSame } from '../../../src/claims/sides.ts';
import { PlumblineError } from '../../../src/errors.ts';

const catalog = await loadCatalog();
const ids = (selectors: readonly string[], grep?: RegExp): string[] => selectClaims(catalog, selectors, grep).map(({ claim }) => claim.id);

test('claims are chosen by id, area and pattern, whatever the case', () => {
  expect(ids([])).toEqual(catalog.map(({ claim }) => claim.id));
  expect(ids(['sd-2'])).toEqual(['SD-2']);
  expect(ids(['version-compat'])).toEqual(['VC-1']);
  expect(ids([], /samples that Mimir stored/)).toEqual(['SD-1']);
});

test('an unknown name is refused with the nearest ones', () => {
  expect(() => ids(['scrap-dedup'])).toThrow(PlumblineError);
  try {
    ids(['scrap-dedup']);
  } catch (error) {
    expect((error as PlumblineError).problem).toMatchObject({ code: 'PL-CLAIM-UNKNOWN', next: expect.stringContaining('did you mean scrape-dedup') });
  }
});

test('every twin is a valid platform that differs from its claim, and names of sides are DNS labels of their own, in each round', async () => {
  const names: string[] = [];
  for (const { claim } of catalog) {
    const [own, twin, ...cells] = await sidesOf(claim, { settings: {} });
    expect(twin?.spec, claim.id).not.toEqual(own?.spec);
    names.push(...[own, twin, ...cells, ...await sidesOf(claim, { settings: {}, round: 2 })].map((side) => side?.name ?? ''));
  }
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]{0,40}[a-z0-9])$/);
});

test('VC-1 has the four pairs of the incident, each once', async () => {
  const [vc1] = selectClaims(catalog, ['VC-1']);
  const sides = vc1 ? await sidesOf(vc1.claim, { settings: {} }) : [];
  expect(sides.map(({ role, spec }) => `${spec.allocator?.version} × ${spec.collector.version} ${role}`)).toEqual([
    '0.131.0 × 0.131.0 claim', '0.127.0 × 0.128.0 twin', '0.127.0 × 0.131.0 measured', '0.131.0 × 0.128.0 measured',
  ]);
});

test('a twin that takes away a limit is the same as its claim where the user\'s tenants have none', async () => {
  const [ti4] = selectClaims(catalog, ['TI-4']);
  if (!ti4) throw new Error('no TI-4');
  const same = async (limits: object): Promise<boolean> =>
    twinIsTheSame(await sidesOf(ti4.claim, { settings: {}, tenants: { a: limits, b: {} } }));
  expect(await same({ mimir: { max_global_series_per_user: 5 } })).toBe(false);
  expect(await same({ mimir: { ingestion_rate: 5 } })).toBe(true);
  expect(await same({})).toBe(true);
  expect(twinIsTheSame(await sidesOf(ti4.claim, { settings: {} }))).toBe(false);
});
