import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClaimResult } from '../../../src/claims/result.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { platformSpec } from '../../../src/platform/spec.ts';
import type { NewEvent } from '../../../src/run/events.ts';
import { deskClient } from '../../../src/runner/desk-client.ts';
import { openDesk } from '../../../src/runner/desk.ts';

const spec = platformSpec.parse({ nodes: 1, collector: { version: '1', scrapeIntervalSeconds: 2 }, targets: { pods: 1 } });
let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'plumbline-desk-'))));
afterEach(() => rm(folder, { recursive: true }));

test('events arrive in order and before the result; the socket is this user\'s alone and goes with the desk', async () => {
  const heard: string[] = [];
  const socketPath = join(folder, 'sub', 'desk.sock');
  {
    await using desk = await openDesk(socketPath, {
      stage: () => Promise.reject(new Error('not asked')),
      changeNodes: () => Promise.reject(new Error('not asked')),
      event: (event: NewEvent) => void heard.push(event.kind === 'warning' ? event.message : event.kind),
      result: (result: ClaimResult) => void heard.push(result.id),
      refuse: (problem) => void heard.push(problem.code),
    });
    expect((await stat(desk.socketPath)).mode & 0o777).toBe(0o600);
    const client = deskClient(desk.socketPath);
    for (const message of ['one', 'two', 'three']) client.emit({ kind: 'warning', message });
    client.refuse({ code: 'PL-LIMIT-UNKNOWN', kind: 'usage', expected: 'a limit', seen: 'another', next: 'mend it' });
    await client.handIn({ id: 'XX-1' } as ClaimResult);
  }
  expect(heard).toEqual(['one', 'two', 'three', 'PL-LIMIT-UNKNOWN', 'XX-1']);
  await expect(stat(socketPath)).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a stage that could not be made reaches the suite as the problem it was', async () => {
  const problem = { code: 'PL-BUILD-FAILED', kind: 'environment', expected: 'a build', seen: 'a broken compiler', next: 'mend it', lastLines: ['x.go:1: no'] } as const;
  await using desk = await openDesk(join(folder, 'desk.sock'), {
    stage: () => Promise.reject(new PlumblineError({ ...problem, cause: new Error('exit 1') })), changeNodes: () => Promise.resolve(), event: () => undefined, result: () => undefined, refuse: () => undefined,
  });
  const thrown: unknown = await deskClient(desk.socketPath).stage(spec, new AbortController().signal).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(PlumblineError);
  expect((thrown as PlumblineError).problem).toEqual(problem);
});
