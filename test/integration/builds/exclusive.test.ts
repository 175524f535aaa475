import { mkdtemp, rm } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { exclusively } from '../../../src/builds/exclusive.ts';

const source = new URL('../../../src/builds/exclusive.ts', import.meta.url).href;
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'plumbline-exclusive-'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

/** Another process that holds the lock until it is killed. */
async function holder(path: string): Promise<() => Promise<void>> {
  const script = `
    import { exclusively } from ${JSON.stringify(source)};
    const options = { signal: new AbortController().signal, step: { note() {} }, waitingFor: 'it' };
    await exclusively(${JSON.stringify(path)}, options, () => { process.stdout.write('held'); return new Promise(() => setInterval(() => {}, 60_000)); });
  `;
  const child = execa(process.execPath, ['--input-type=module', '-e', script], { reject: false });
  await once(child.stdout, 'data');
  return async () => {
    child.kill('SIGKILL');
    await child;
  };
}

test('whoever comes second waits, says so, and goes on when the holder was killed', async () => {
  const path = join(root, 'binary');
  const kill = await holder(path);
  const notes: string[] = [];
  const noted = Promise.withResolvers<void>();
  const step = { note: (text: string): void => void (notes.push(text), noted.resolve()) };
  const waiting = exclusively(path, { signal: new AbortController().signal, step, waitingFor: 'the build of x' }, async () => 'mine');
  await noted.promise;
  expect(notes).toEqual(['the build of x: another run is at it']);
  await kill();
  expect(await waiting).toBe('mine');
});

test('a wait ends when the run is interrupted', async () => {
  const path = join(root, 'binary');
  const kill = await holder(path);
  const abort = new AbortController();
  const waiting = exclusively(path, { signal: abort.signal, step: { note: () => abort.abort(new Error('interrupted')) }, waitingFor: 'it' }, async () => 'mine');
  await expect(waiting).rejects.toThrow('interrupted');
  await kill();
});
