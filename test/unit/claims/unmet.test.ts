import { expect, test } from 'vitest';
import { notJudged, unmetNeed } from '../../../src/claims/unmet.ts';
import type { Claim } from '../../../src/claims/claim.ts';
import type { Side } from '../../../src/claims/sides.ts';
import { platformSpec } from '../../../src/platform/spec.ts';

const claim = { id: 'XX-1', area: 'x', claim: 'it holds', twin: { wrong: 'a thing', symptom: /broken/ } } as Claim;
const side = (platform: object): Side => ({ role: 'claim', name: 'xx-1', spec: platformSpec.parse({ nodes: 1, collector: { version: '1' }, ...platform }) });
const one = { clusters: 1, nodes: 3, ownNodes: false };

test('a claim is judged where its sides fit, and is skipped with numbers where one does not', () => {
  expect(unmetNeed(claim, [side({}), side({ nodes: 3 })], one)).toBeUndefined();
  expect(unmetNeed(claim, [side({}), side({ nodes: 4 })], one)).toBe('needs 4 nodes that take pods, and the cluster has 3');
  expect(unmetNeed(claim, [side({ clusters: ['a', 'b'] })], one)).toBe('needs 2 clusters, and there is one: name a context for each, or one for several, e.g. --context a,b,b');
});

test('what cuts and kills is done on the run\'s own nodes only', () => {
  const rough: Claim = { ...claim, needs: ['own-nodes'] };
  expect(unmetNeed(rough, [side({})], one)).toMatch(/no cluster that is not the run's own/);
  expect(unmetNeed(rough, [side({})], { ...one, ownNodes: true })).toBeUndefined();
});

test('a claim about pipelines of its own is skipped with a user\'s in their place, and no other is', () => {
  const pipelines = { traces: { processors: ['batch'] } };
  const [own, users] = [{ pipelines, processors: {} }, { pipelines, processors: {}, file: 'mine.yaml', digest: 'sha256:0' }].map((config) => side({ collector: { version: '1', config } }));
  const about: Claim = { ...claim, needs: ['own-pipelines'] };
  expect(unmetNeed(about, [own!, own!], one)).toBeUndefined();
  expect(unmetNeed(about, [users!, users!], one)).toMatch(/^is about pipelines of its own, and mine\.yaml takes their place/);
  expect(unmetNeed(claim, [users!], one)).toBeUndefined();
});

test('a claim that is not judged is skipped on both of its sides, with its reason', () => {
  expect(notJudged(claim, 'needs more', './plumbline run XX-1')).toMatchObject({ verdict: 'skipped', reason: 'needs more', observed: 'needs more', twin: { verdict: 'skipped', wrong: 'a thing' } });
});
