import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runLoad } from '../../../helpers/index.ts';
import { note, onPlatform, signal } from './platform.ts';

const throwing = `export const options = { scenarios: { a: { executor: 'constant-arrival-rate', rate: 5, duration: '60s', preAllocatedVUs: 2 } } };
export default function () { nowhere(); }`;

test('two k6 pods ask the apps with each number once, and a script with an error is named at once with the pod\'s own words', async () => {
  await using folder = await mkdtempDisposable(join(tmpdir(), 'plumbline-load-'));
  const script = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder.path, name), text);
    return join(folder.path, name);
  };
  await onPlatform(async (platform) => {
    const load = await runLoad(platform, { name: 'test-whole', requestsPerSecond: 20, seconds: 3, pods: 2 }, { signal, note });
    expect(load).toMatchObject({ failedRequests: 0, dropped: 0, failed: [], thresholds: [{ held: true }, { held: true }] });
    expect(load.numbers?.length).toBe(load.requests);
    expect(new Set(load.numbers).size).toBe(load.requests);
    expect(load.requests).toBeGreaterThanOrEqual(58);

    const started = Date.now();
    await expect(runLoad(platform, { name: 'test-throws', requestsPerSecond: 5, seconds: 60, script: await script('throws.js', throwing) }, { signal, note })).rejects
      .toMatchObject({ problem: { code: 'PL-LOAD-SCRIPT', seen: 'k6-test-throws-0: ReferenceError: nowhere is not defined' } });
    await expect(runLoad(platform, { name: 'test-broken', requestsPerSecond: 5, seconds: 60, script: await script('broken.js', 'export default function () {') }, { signal, note })).rejects
      .toMatchObject({ problem: { code: 'PL-LOAD-SCRIPT', seen: 'k6-test-broken-0 exited with code 107: an exception', lastLines: [expect.stringContaining('Unexpected end of input')] } });
    // Neither waits for the minute that the test would have lasted.
    expect(Date.now() - started).toBeLessThan(60_000);
  }, { claim: 'DL-1' });
});
