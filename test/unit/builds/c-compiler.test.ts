import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { missingCompiler } from '../../../src/builds/c-compiler.ts';

const path = process.env['PATH'];
let folder = '';

afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true });
});

/** A PATH with nothing but this gcc, or not even that. */
async function onlyGcc(script?: string): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'plumbline-gcc-'));
  if (script !== undefined) await writeFile(join(folder, 'gcc'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  process.env['PATH'] = folder;
}

test('without a compiler both packages are missing; with one, its static C library may be', async () => {
  await onlyGcc();
  expect(await missingCompiler()).toEqual(['gcc', 'libc6-dev']);
  await onlyGcc('echo libc.a');
  expect(await missingCompiler()).toEqual(['libc6-dev']);
  await onlyGcc('exit 1');
  expect(await missingCompiler()).toEqual(['libc6-dev']);
  await onlyGcc('echo /usr/lib/x86_64-linux-gnu/libc.a');
  expect(await missingCompiler()).toEqual([]);
});
