import { expect, test } from 'vitest';
import { progressOf } from '../../../src/builds/progress.ts';

test('notes are counts of packages, seldom enough to be read', () => {
  const notes: string[] = [];
  const read = progressOf(1490, 'a.example/x/cmd/main', (text) => notes.push(text));
  for (let index = 0; index < 500; index++) read(`a.example/x/p${index}`);
  expect(notes).toEqual(['compiling 1 of 1490 packages']);
});

test('linking is said at once', () => {
  const notes: string[] = [];
  const read = progressOf(2, 'a.example/x', (text) => notes.push(text));
  for (const line of ['fmt', 'a.example/x']) read(line);
  expect(notes).toEqual(['compiling 1 of 2 packages', 'linking']);
});

test('compiler messages and downloads are no packages', () => {
  const notes: string[] = [];
  const read = progressOf(undefined, undefined, (text) => notes.push(text));
  for (const line of ['# a.example/x', 'x.go:1:2: undefined: Y', '', 'go: downloading a.example/y v1.0.0']) read(line);
  expect(notes).toEqual(['downloading modules (1 so far)']);
});
