import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { mentionsIn } from '../../../src/images/mentions.ts';

const folder = await mkdtemp(join(tmpdir(), 'plumbline-mentions-'));
afterAll(() => rm(folder, { recursive: true }));

async function mentions(content: string): Promise<number> {
  const path = join(folder, 'image.tar');
  await writeFile(path, content, 'latin1');
  return mentionsIn(path, 'OpenTelemetry');
}

const chunk = 1 << 20;

test('mentions are counted in any case, and none where there is none', async () => {
  expect(await mentions('x io/opentelemetry/api \xff OPENTELEMETRY opentelemetr')).toBe(2);
  expect(await mentions('')).toBe(0);
});

test('a mention that lies across two reads is one', async () => {
  for (const before of [0, 1, 6, 12, 13]) expect(await mentions(`${'x'.repeat(chunk - before)}opentelemetry`), `${before} bytes before the edge`).toBe(1);
  expect(await mentions('opentelemetry'.repeat(200_000))).toBe(200_000);
});
