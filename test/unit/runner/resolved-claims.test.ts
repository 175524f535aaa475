import { expect, test } from 'vitest';
import { loadCatalog, selectClaims } from '../../../src/claims/catalog.ts';
import type { Abilities } from '../../../src/clusters/provider.ts';
import type { ImageStates } from '../../../src/runner/image-states.ts';
import { resolveClaims } from '../../../src/runner/resolved-claims.ts';
import type { RunOptions } from '../../../src/runner/options.ts';

const able: Abilities = {
  usable: true, findings: [], installable: [], nodeMemory: 'none', imageArchives: true, pullsImages: false, clusters: 9, nodes: 9, ownNodes: true, podsReachableFromHost: false,
};

async function resolved(ids: readonly string[], set: Record<string, string>, abilities = able) {
  const states = { outOfReach: async () => undefined } as unknown as ImageStates;
  return resolveClaims(selectClaims(await loadCatalog(), ids), { set } as unknown as RunOptions, abilities, states);
}

test('a claim that has no platform with a setting is skipped beside one that has', async () => {
  const claims = await resolved(['AI-1', 'SD-2'], { operator: 'null' });
  expect(claims.map(({ claim, unmet }) => [claim.id, unmet])).toEqual([
    ['AI-1', 'has no platform with these settings (--set operator=null): apps: needs an operator, which injects the agents'], ['SD-2', undefined],
  ]);
  expect(claims[1]?.sides.map(({ spec }) => spec.operator)).toEqual([null, null]);
});

test('a setting that fits no claim at all is a mistake', async () => {
  await expect(resolved(['AI-1', 'DL-1'], { operator: 'null' })).rejects.toMatchObject({ problem: { code: 'PL-PLATFORM-INVALID', seen: 'apps: needs an operator, which injects the agents' } });
  await expect(resolved(['SD-1', 'TI-1'], { nodes: 'many' })).rejects.toMatchObject({ problem: { code: 'PL-PLATFORM-INVALID' } });
});

test('where somebody else\'s operator is, claims with one are skipped with the way out, and others are judged', async () => {
  const guest = { ...able, operatorThere: 'one is there already (its definitions, in context a)' };
  const [injected, operated] = await resolved(['AI-1', 'SD-2'], {}, guest);
  expect(injected?.unmet).toBe('brings an OpenTelemetry operator, and one is there already (its definitions, in context a): it takes a cluster without one');
  expect(operated?.unmet).toMatch(/^brings an OpenTelemetry operator, and one is there already \(.*\): --set operator=null deploys plain objects in its place$/);
  expect((await resolved(['SD-2'], { operator: 'null' }, guest))[0]).not.toHaveProperty('unmet');
});
