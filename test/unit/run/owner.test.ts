import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, rmdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { customAlphabet } from 'nanoid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identityOf } from '../../../src/processes/proc.ts';
import { isOwnerAlive, readOwner, writeOwner } from '../../../src/run/owner.ts';
import { socketsDir } from '../../../src/run/paths.ts';

let id: string;
let state: string;
let run: string;

beforeEach(async () => {
  id = customAlphabet('abcdefghijklmnopqrstuvwxyz', 6)();
  state = await mkdtemp(join(tmpdir(), 'plumbline-owner-'));
  run = join(state, id);
});

afterEach(async () => {
  await rm(state, { recursive: true });
  await rm(socketsDir(id), { recursive: true, force: true });
  await rmdir(dirname(socketsDir(id))).catch(() => undefined);
});

it('is alive as long as the very process is', async () => {
  await writeOwner(run, { command: 'run scrape-dedup', kept: false });
  expect(await isOwnerAlive(run)).toBe(true);
  expect(await readOwner(run)).toMatchObject({ pid: process.pid, command: 'run scrape-dedup', kept: false });
  const child = spawn('sleep', ['600']);
  await once(child, 'spawn');
  const identity = await identityOf(child.pid ?? 0);
  await writeFile(join(run, 'owner.json'), JSON.stringify({ ...identity, command: 'up', kept: true }));
  expect(await isOwnerAlive(run)).toBe(true);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await isOwnerAlive(run)).toBe(false);
});

it('is known to who keeps runs in another folder', async () => {
  await writeOwner(run, { command: 'up', kept: true });
  const elsewhere = join(state, 'elsewhere', id);
  expect(await isOwnerAlive(elsewhere)).toBe(true);
  expect(await readOwner(elsewhere)).toMatchObject({ pid: process.pid, kept: true });
  expect(await isOwnerAlive(join(state, 'another'))).toBe(false);
});

it('is nobody where the file is missing, torn or of another shape', async () => {
  expect(await readOwner(run)).toBeUndefined();
  await writeOwner(run, { command: 'run', kept: false });
  await rm(socketsDir(id), { recursive: true });
  for (const text of ['', '{"pid": 1', '{"pid": "x"}', 'null']) {
    await writeFile(join(run, 'owner.json'), text);
    expect(await isOwnerAlive(run)).toBe(false);
  }
});
