import { expect, test } from 'vitest';
import { fateSoFar, livingFate } from '../../../helpers/collector-fate.ts';
import type { KernelWord, MemoryLook } from '../../../helpers/collector-fate.ts';

const own = { rssMiB: 900, heapMiB: 800, accepted: 10, refused: 0, queued: 3 };
const look = (more: Partial<MemoryLook>): MemoryLook => ({ atMs: 8000, own, accepted: 100, refused: 0, restarts: 0, state: { is: 'running', ready: true }, nodeReady: true, hostFreeMiB: 9000, ...more });
const silent = ({ own: _, ...rest }: MemoryLook): MemoryLook => rest;
const killedByNode: KernelWord = { limitOf: 'node', process: 'otelcol', collector: true };

test('a collector that the node\'s limit ended is told from one that its own limit did, though the kubelet calls both OOMKilled', () => {
  const ended = look({ state: { is: 'ended', reason: 'OOMKilled', exitCode: 137 } });
  expect(fateSoFar([ended], [killedByNode])).toMatchObject({ kind: 'node-limit', atMs: 8000, words: 'the node reached its limit and the kernel ended the collector' });
  expect(fateSoFar([ended], [{ limitOf: 'container', process: 'otelcol', collector: true }])?.kind).toBe('own-limit');
  expect(fateSoFar([ended], [])?.kind).toBe('own-limit');
});

test('the kernel may choose somebody else, and the kubelet among them', () => {
  expect(fateSoFar([look({})], [{ limitOf: 'node', process: 'kube', collector: false }])).toMatchObject({ kind: 'node-limit', words: 'the node reached its limit and the kernel ended kube' });
});

test('an eviction is the pod\'s, whose container ends first and may leave no end', () => {
  const ended = silent(look({ atMs: 7000, state: { is: 'ended', reason: 'Error', exitCode: 137 } }));
  expect(fateSoFar([ended, silent({ ...ended, atMs: 7500 })], [])).toBeUndefined();
  expect(fateSoFar([ended, silent(look({ state: { is: 'gone', reason: 'Evicted' } }))], [])?.kind).toBe('evicted');
  expect(fateSoFar([look({ state: { is: 'gone', reason: 'Evicted' } })], [])?.kind).toBe('evicted');
});

test('a kubelet that reports no more is named before a collector that does not answer', () => {
  expect(fateSoFar([look({}), silent(look({ atMs: 15_000, nodeReady: false }))], [])?.kind).toBe('node-silent');
});

test('a hang is silence of a living container for five seconds, and not before', () => {
  const looks = [look({ atMs: 1000 }), silent(look({ atMs: 3000 })), silent(look({ atMs: 5500 }))];
  expect(fateSoFar(looks, [])).toBeUndefined();
  expect(fateSoFar([...looks, silent(look({ atMs: 6100 }))], [])).toMatchObject({ kind: 'hang', atMs: 1000 });
  expect(fateSoFar([...looks, look({ atMs: 6100 })], [])).toBeUndefined();
});

test('an end that memory had no part in has its code', () => {
  const deleted = silent(look({ atMs: 1000, state: { is: 'gone', reason: 'deleted' } }));
  expect(fateSoFar([look({ atMs: 500 }), deleted, { ...deleted, atMs: 9000 }], [])).toMatchObject({ kind: 'exited', words: 'its pod is gone (deleted)' });
  const ended = look({ atMs: 1000, state: { is: 'ended', reason: 'Error', exitCode: 1 } });
  expect(fateSoFar([ended, { ...ended, atMs: 4000 }], [])).toMatchObject({ kind: 'exited', atMs: 1000, words: 'ended with code 1 (Error)' });
});

test('of those that live, one refuses', () => {
  expect(livingFate([look({ accepted: 30, refused: 70 })])).toMatchObject({ kind: 'refusing', words: 'survived, and refused 70 % of what it was sent' });
  expect(livingFate([look({})])).toMatchObject({ kind: 'survived' });
});
