import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { targetImage } from '../../../src/components/target/image.ts';
import { dockerImages } from '../../../src/images/docker-build/source.ts';
import { newRunId } from '../clusters/support.ts';
import { startEngine } from '../../../scripts/docker/engine.ts';
import type { Engine } from '../../../scripts/docker/engine.ts';
import { importGolang } from '../support/golang-image.ts';
import { execa } from 'execa';

const runId = newRunId();
const context = { id: runId, dir: '/nonexistent', emit: () => undefined, signal: new AbortController().signal };
let engine: Engine;

beforeAll(async () => {
  engine = await startEngine(runId, context.signal);
  vi.stubEnv('DOCKER_HOST', engine.host);
  await importGolang(engine.host, 'library/golang:1.26');
});
afterAll(() => engine[Symbol.asyncDispose]());

test('an engine builds what has no official image', async () => {
  const notes: string[] = [];
  const archive = await dockerImages().provide(targetImage(), context, { note: (text) => notes.push(text), cached: () => undefined }).catch((e: unknown) => { console.log((e as any).problem.lastLines); throw e; });
  console.log(notes.join('\n'), archive);
  console.log((await execa('docker', ['--host', engine.host, 'images', '-a'])).stdout);
  expect(archive.source).toBe('docker');
});
