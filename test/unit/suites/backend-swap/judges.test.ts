import { expect, test } from 'vitest';
import type { FlowState } from '../../../../helpers/index.ts';
import { judgeWithoutTenants } from '../../../../suites/backend-swap/no-tenant-judge.ts';
import { judgeSwap, united } from '../../../../suites/backend-swap/swap-judge.ts';
import type { Asked, Swapped } from '../../../../suites/backend-swap/swap-judge.ts';

const trace = (id: string, services = ['storefront', 'orders']) => services.map((service, index) => ({ spanId: `${id}${service}`, parentSpanId: index === 0 ? 'caller' : `${id}${services[0]}`, name: 'GET', service }));
const asked = (tempo: Asked['tempo'], jaeger: Asked['jaeger'], numbers = [0, 1]): Asked => ({ load: { name: 'l', requests: numbers.length, numbers }, tempo, jaeger });
const items = (from: number, to: number): Uint32Array => Uint32Array.from({ length: to - from }, (_, index) => from + index);
const life = { pod: 'storefront-1', uid: 'u', restarts: 0 };

/** 100 spans, the change at 40, the first request's trace half in each backend. */
function seen(more: Partial<Swapped> = {}): Swapped {
  const answers = [{ status: 200, requests: 10, items: 100, ranges: [[0, 100]], firstBody: '' }];
  const flow = { name: 'f', signal: 'traces', sent: 100, spansPerTrace: 10, answers, firstRefusals: [], resends: 0 } as unknown as FlowState;
  return {
    swap: { diff: { removed: ['  endpoint: a'], added: ['  endpoint: b'], shown: ' x\n-  endpoint: a\n+  endpoint: b' }, changedAtMs: 0, rolledOutAtMs: 5000 },
    services: ['storefront', 'orders'], lives: { before: [life], after: [life] }, flow, firstAfter: 60, stored: { tempo: items(0, 45), jaeger: items(40, 100) },
    over: asked(new Map([[0, trace('a').slice(0, 1)], [1, trace('b')]]), new Map([[0, trace('a').slice(1)]])),
    after: asked(new Map(), new Map([[0, trace('c')], [1, trace('d')]])),
    ...more,
  };
}

test('one line, no app touched, everything somewhere and the rest in Jaeger alone: it holds, and doubles are said', () => {
  const finding = judgeSwap(seen());
  expect(finding).toMatchObject({ holds: true, observed: 'one line changed, 1 pods untouched; of 100 acknowledged spans 40 in Tempo, 55 in Jaeger, 5 in both, 0 lost; 2 of 2 requests whole; after it 40 spans and 2 requests in Jaeger alone' });
  expect(finding.cause).toBeUndefined();
});

const swap = seen().swap;

test.each<[string, Partial<Swapped>, string]>([
  ['two lines', { swap: { ...swap, diff: { ...swap.diff, added: ['b', 'c'] } } }, '1 lines became 2'],
  ['no line', { swap: { ...swap, diff: { removed: [], added: [], shown: '' } } }, '0 lines became 0'],
  ['a new pod of an app', { lives: { before: [life], after: [{ ...life, uid: 'v' }] } }, 'the apps\' pods are not what they were'],
  ['a restart', { lives: { before: [life], after: [{ ...life, restarts: 1 }] } }, 'the apps\' pods are not what they were'],
  ['a span in neither', { stored: { tempo: items(0, 39), jaeger: items(40, 100) } }, '1 acknowledged spans lost'],
  ['nothing in Jaeger', { stored: { tempo: items(0, 45), jaeger: items(0, 0) } }, '55 acknowledged spans lost'],
  ['later spans in Tempo', { stored: { tempo: items(0, 61), jaeger: items(40, 100) } }, '1 of 40 spans sent after the change not in Jaeger alone'],
  ['half a request over the change', { over: asked(new Map([[0, trace('a').slice(0, 1)], [1, trace('b')]]), new Map()) }, '1 of 2 requests over the change have whole traces (0 missing, 1 partial, 0 doubled)'],
  ['a request after it that is not in Jaeger', { after: asked(new Map(), new Map([[0, trace('c')]])) }, '1 of 2 requests after it, in Jaeger have whole traces (1 missing'],
  ['a request after it in Tempo too', { after: asked(new Map([[0, trace('c')]]), new Map([[0, trace('c')], [1, trace('d')]])) }, '1 requests after the change have spans in Tempo'],
])('%s does not hold', (_, more, observed) => {
  expect(judgeSwap(seen(more))).toMatchObject({ holds: false, observed: expect.stringContaining(observed) });
});

test('a flow that ended before the change, or no request after it, proves nothing', () => {
  expect(judgeSwap(seen({ firstAfter: 100 })).holds).toBe(false);
  expect(judgeSwap(seen({ after: asked(new Map(), new Map(), []) })).holds).toBe(false);
});

test('what the twin is known by names the items and the line', () => {
  const finding = judgeSwap(seen({ stored: { tempo: items(0, 45), jaeger: items(0, 0) }, after: asked(new Map(), new Map()) }));
  expect(finding.observed).toMatch(/[1-9]\d* acknowledged spans lost/);
  expect(finding.cause).toBe('items 45–99; request 0: no span at all; the line is now "endpoint: b"');
});

test('a span that both backends have counts once', () => {
  expect(united({ tempo: new Map([[0, trace('a')]]), jaeger: new Map([[0, trace('a')], [1, trace('b')]]) })).toEqual(new Map([[0, trace('a')], [1, trace('b')]]));
});

const own = { owner: 'team-a', sent: 20, found: 20, status: 200, ownerAsks: true, header: 'X-Scope-OrgID of team-a' };
const other = { ...own, ownerAsks: false, header: 'X-Scope-OrgID of team-b' };
const nobody = { ...own, ownerAsks: false, header: 'no header' };

test('no tenants: every query finds everything, and one that does not ends the claim', () => {
  expect(judgeWithoutTenants('jaeger', [own, other, nobody])).toMatchObject({ holds: true, observed: '40 of 40 foreign spans found in jaeger' });
  expect(judgeWithoutTenants('tempo', [own, { ...other, found: 0 }, { ...nobody, found: 0, status: 401 }])).toMatchObject({
    holds: false, observed: '0 of 40 foreign spans found in tempo', cause: 'team-a\'s spans, asked for with X-Scope-OrgID of team-b: 0 of 20, answer 200',
  });
  expect(judgeWithoutTenants('jaeger', [own]).holds).toBe(false);
});
