import { expect, test } from 'vitest';
import { judgeNodeless, undecided } from '../../../../suites/scrape-dedup/nodeless-judge.ts';
import type { Nodeless } from '../../../../suites/scrape-dedup/nodeless-judge.ts';

const nodeless = [{ name: 'the API server a:1', job: 'api', address: 'a:1' }, { name: 'the static target b:2', job: 'static', address: 'b:2' }];
const reported: Nodeless = {
  nodeless, pods: [{ target: 't-1', collectors: ['c-1'] }], assigned: new Map([['t:8080', ['c-1']]]), scrapes: [],
  counts: { discovered: { api: 3, static: 1 }, kept: 3, given: 1, unassigned: 2 },
};

test('targets that nobody has and the allocator counts keep the claim, and are named', () => {
  expect(undecided(reported)).toBeUndefined();
  expect(judgeNodeless(reported)).toMatchObject({ holds: true, observed: '2 of 2 targets without a node unassigned, the allocator has given away 1 of 3 targets and counts 2 unassigned: the API server a:1, the static target b:2' });
});

test('the gauge counts what the last change left: it has to say that there are some, not how many', () => {
  expect(judgeNodeless({ ...reported, counts: { ...reported.counts, unassigned: 1 } }).holds).toBe(true);
});

test('a target that nobody has and nobody counts is lost in silence', () => {
  for (const counts of [{ unassigned: 0 }, { kept: 2 }]) {
    const seen = { ...reported, counts: { ...reported.counts, ...counts } };
    expect(undecided(seen)).toContain('assigned to nobody, and the allocator');
    expect(judgeNodeless(seen)).toMatchObject({ holds: false, cause: expect.stringMatching(/lost in silence: the API server a:1 \(nobody\), the static target b:2 \(nobody\)$/) });
  }
});

test('with a fallback they are assigned and scraped, and not reported', () => {
  const seen = {
    ...reported, assigned: new Map([['t:8080', ['c-1']], ['a:1', ['c-2']], ['b:2', ['c-3']]]), counts: { ...reported.counts, given: 3, unassigned: 0 },
    scrapes: [{ job: 'api', collector: 'c-2', samples: 9 }, { job: 'static', collector: 'c-3', samples: 10 }],
  };
  expect(undecided(seen)).toBeUndefined();
  expect(judgeNodeless(seen)).toMatchObject({ holds: false, observed: '2 of 2 targets without a node are assigned all the same and scraped, none of them is reported: the API server a:1 (c-2), the static target b:2 (c-3)' });
});

test('what is scraped though nobody has it, is not discovered, or is on a node and nobody\'s, breaks the claim', () => {
  expect(judgeNodeless({ ...reported, scrapes: [{ job: 'api', collector: 'c-9', samples: 1 }] }).observed).toBe('scraped though assigned to nobody: the API server a:1 (nobody)');
  expect(judgeNodeless({ ...reported, counts: { ...reported.counts, discovered: { api: 1 } } }).observed).toBe('not even discovered: the static target b:2 (nobody)');
  const pods = [{ target: 't-1', collectors: [] }];
  expect(undecided({ ...reported, pods })).toContain('t-1');
  expect(judgeNodeless({ ...reported, pods }).observed).toContain('1 of 1 targets on nodes are not assigned to one collector, e.g. t-1');
});
