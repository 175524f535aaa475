import { expect, test } from 'vitest';
import { judgeRaise } from '../../../../suites/tenant-isolation/raised-judge.ts';
import type { RaiseSeen } from '../../../../suites/tenant-isolation/raised-judge.ts';
import { ledger } from './flows.ts';

const lives = [{ pod: 'mimir-1', uid: 'u1', restarts: 0 }];
const items = (from: number, end: number): Uint32Array => Uint32Array.from({ length: end - from }, (_, index) => from + index);

/** A hundred new series a second for four seconds; the limit was changed after one and is in force after two. */
function seen(fields: Partial<RaiseSeen> = {}): RaiseSeen {
  return {
    tenant: 'a', edited: 'a', change: 'series from 10 to 30', before: ledger(15, { stored: 10, lost: 5 }),
    fresh: { sent: 401, firstDataMs: 50_000, lastDataMs: 54_000 }, freshStored: items(200, 401),
    changedAtMs: 51_000, saidAfterMs: 900, boundMs: 2000, livesBefore: lives, livesAfter: lives, ...fields,
  };
}

test('the first item from which on all are stored is when the limit took effect', () => {
  expect(judgeRaise(seen())).toMatchObject({ holds: true, observed: expect.stringContaining('201 of 401 new series stored, all from 1.0 s after the change') });
});

test('an item that is missing later puts the effect off', () => {
  const freshStored = items(200, 401).filter((item) => item !== 320);
  expect(judgeRaise(seen({ freshStored })).cause).toContain('lost until 2.2 s after the change');
});

test.each<[string, Partial<RaiseSeen>, string]>([
  ['a change that has no effect', { freshStored: new Uint32Array(0), edited: 'b' }, 'still lost 3.0 s after series from 10 to 30 for b'],
  ['a tenant that had room anyway', { before: ledger(15) }, 'never over its limit'],
  ['a tenant that had room before the change', { freshStored: items(0, 401) }, 'had room for new series before'],
  ['another pod', { livesAfter: [{ pod: 'mimir-2', uid: 'u2', restarts: 0 }] }, 'the backend\'s pods are others'],
  ['a container started again', { livesAfter: [{ pod: 'mimir-1', uid: 'u1', restarts: 1 }] }, 'started again'],
  ['a backend without pods', { livesBefore: [], livesAfter: [] }, 'the backend\'s pods are others'],
])('%s breaks the claim', (_, fields, cause) => {
  const finding = judgeRaise(seen(fields));
  expect(finding.holds).toBe(false);
  expect(finding.cause).toContain(cause);
});

test('the time line counts from the change', () => {
  const [line] = judgeRaise(seen()).evidence;
  expect(line?.data).toContainEqual({ atMs: 750, sent: 25, stored: 0 });
  expect(line?.data).toContainEqual({ atMs: 1000, sent: 25, stored: 25 });
});
