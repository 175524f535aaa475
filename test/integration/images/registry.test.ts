import { beforeAll, afterAll, expect, test } from 'vitest';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { registrySource } from '../../../src/images/registry-source.ts';
import type { ImageArchive } from '../../../src/images/source.ts';
import { newRunId } from '../clusters/support.ts';
import { startRegistry } from '../support/registry.ts';
import type { StartedRegistry } from '../support/registry.ts';

const runId = newRunId();
const silent = { note: () => undefined, cached: () => undefined };
const context = { id: runId, dir: '/nonexistent', emit: () => undefined, signal: new AbortController().signal };

/** Stands in for every official image: what is in it makes no difference here. */
let archive: ImageArchive;
let upstream: StartedRegistry;

beforeAll(async () => {
  archive = await buildSource().provide(targetImage(), context, silent);
  upstream = await startRegistry(runId);
});

afterAll(() => upstream[Symbol.asyncDispose]());

test('an official image is pulled by the digest that its tag leads to', async () => {
  const pushed = await upstream.push(archive, 'otel/opentelemetry-collector-contrib:0.131.0');
  const source = registrySource({ prefix: upstream.url });
  expect(await source.check(collectorImage('0.131.0'))).toEqual({ state: 'available', usualMs: 0, pulled: true });
  const image = await source.provide(collectorImage('0.131.0'), context, silent);
  expect(image).toEqual({
    component: 'collector', version: '0.131.0', source: 'registry', digest: pushed.digest,
    reference: `${upstream.host}/otel/opentelemetry-collector-contrib:0.131.0@${pushed.digest}`,
  });
});
