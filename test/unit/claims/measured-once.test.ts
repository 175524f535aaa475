import { expect, test } from 'vitest';
import type { Subject } from '../../../src/claims/claim.ts';
import { judgedBy, measurement } from '../../../src/claims/measured-once.ts';
import { platformSpec } from '../../../src/platform/spec.ts';

const spec = (nodes: number) => platformSpec.parse({ nodes, collector: { version: '1' } });
const subject = (nodes: number) => ({ platform: { spec: spec(nodes) } }) as Subject;
const finding = (observed: string) => ({ holds: true, expected: '', observed, evidence: [] });

function twoChecks() {
  let measured = 0;
  const shared = measurement(async () => (measured += 1));
  return [judgedBy(shared, (one) => finding(`first, of measurement ${one}`)), judgedBy(shared, (one) => finding(`second, of measurement ${one}`))] as const;
}

test('what was measured for one claim serves another with an equal platform, and no other platform', async () => {
  const [first, second] = twoChecks();
  expect(second.already?.(spec(1))).toBeUndefined();
  expect(await first(subject(1))).toMatchObject({ observed: 'first, of measurement 1' });
  expect(second.already?.(spec(2))).toBeUndefined();
  expect(second.already?.(spec(1))).toMatchObject({ observed: 'second, of measurement 1' });
});

test('a claim that is judged again is measured again', async () => {
  const [first, second] = twoChecks();
  await first(subject(1));
  expect(first.already?.(spec(1))).toBeUndefined();
  second.already?.(spec(1));
  expect(second.already?.(spec(1))).toBeUndefined();
  await first(subject(1));
  expect(second.already?.(spec(1))).toMatchObject({ observed: 'second, of measurement 2' });
});
