import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadStandIn, standInImage } from '../../../scripts/docker/k3s-stand-in.ts';
import { startEngine } from '../../../scripts/docker/engine.ts';
import type { Engine } from '../../../scripts/docker/engine.ts';
import { k3sProvider } from '../../../src/clusters/k3s/index.ts';
import { allocatorImage } from '../../../src/components/allocator/image.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { operatorImage } from '../../../src/components/operator/image.ts';
import { PlumblineError } from '../../../src/errors.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { until } from '../../../src/run/wait.ts';
import { call, outputFolder, reportIn } from '../run/cli.ts';
import { startRegistry } from '../support/registry.ts';
import { conforms } from './conformance/index.ts';
import { newRun, newRunId, ownStateFolder } from './support.ts';

/** The engine outlives the file's tests: the library that asks it remembers the first one that it found. */
let engine: Engine;

beforeAll(async () => {
  const context = await newRun(newRunId());
  engine = await startEngine(context.id, context.signal);
  process.env['DOCKER_HOST'] = engine.host;
  await loadStandIn(engine.host, context);
});

afterAll(() => engine[Symbol.asyncDispose]());

const provider = k3sProvider({ k3sImage: standInImage });

conforms({
  provider: () => provider,
  abilities: {
    usable: true, findings: [`${standInImage} is on the Docker engine.`], installable: [], nodeMemory: 'enforced', imageArchives: true, pullsImages: true,
    clusters: 36, nodes: 100, ownNodes: true, podsReachableFromHost: false,
  },
});

test('an image that is nowhere makes it unusable, with what to do; an unknown argument ends a node with its own last line, and nothing is left', async () => {
  await using _ = await ownStateFolder();
  const absent = await k3sProvider({ k3sImage: 'plumbline.local/none:1' }).abilities();
  expect(absent).toMatchObject({ usable: false, findings: [expect.stringMatching(/^The image plumbline.local\/none:1 is neither on the Docker engine nor can it be pulled \(.*\): load it, name another/)] });
  const context = await newRun(newRunId());
  const wrong = k3sProvider({ k3sImage: standInImage, k3sArgs: ['--no-such=thing'] });
  const thrown: unknown = await wrong.create({ name: 'wrong', nodes: [{ name: 'one' }] }, context).catch((error: unknown) => error);
  expect(thrown instanceof PlumblineError && thrown.problem).toMatchObject({
    code: 'PL-COMPONENT-EXITED', lastLines: expect.arrayContaining([expect.stringContaining('flag provided but not defined: --no-such')]),
  });
  expect(await provider.remove(context.id)).toEqual([expect.stringMatching(/^network /), ...Array(2).fill(expect.stringMatching(/^folder /))]);
});

test('an interrupted creation throws the reason of the interrupt, and nothing is left', async () => {
  await using _ = await ownStateFolder();
  const stop = new AbortController();
  const reason = new Error('interrupted');
  const context = { ...(await newRun(newRunId())), signal: stop.signal };
  const creating = provider.create({ name: 'cut', nodes: [{ name: 'one' }, { name: 'two' }] }, context);
  creating.catch(() => undefined);
  await until('a container', async () => ((await provider.findRuns()).includes(context.id) ? true : undefined), { timeoutMs: 60_000, intervalMs: 20 });
  stop.abort(reason);
  await expect(creating).rejects.toBe(reason);
  await provider.remove(context.id);
  expect(await provider.findRuns()).not.toContain(context.id);
});

test.each(['as soon as there is anything', 'when it is ready'])('killed %s: remove() leaves nothing', async (moment) => {
  await using _ = await ownStateFolder();
  const id = newRunId();
  const child = create(id);
  if (moment === 'when it is ready') await once(child.stdout ?? child, 'data');
  else await until('anything', async () => ((await provider.findRuns()).includes(id) ? true : undefined), { timeoutMs: 60_000, intervalMs: 20 });
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  const removed = await provider.remove(id);
  const kinds = moment === 'when it is ready' ? ['container', 'network', 'folder'] : ['network', 'folder'];
  for (const kind of kinds) expect(removed.some((one) => one.startsWith(kind))).toBe(true);
  // The engine may still finish what it was asked for before the kill; whoever looks again finds it.
  await until('nothing of it left', async () => ((await provider.remove(id)).length === 0 ? true : undefined), { timeoutMs: 20_000, intervalMs: 1000 });
  expect(await provider.findRuns()).not.toContain(id);
});

test('a claim is judged on images that the nodes pull through the prefix, by their digests; what has no official image is built and loaded', async () => {
  await using output = await outputFolder();
  const context = await newRun(newRunId());
  await using registry = await startRegistry(context.id, { address: engine.address });
  const digests = new Map(await Promise.all([allocatorImage('0.131.0'), operatorImage('0.131.0'), collectorImage('0.131.0')].map(async (recipe) => {
    const archive = await buildSource().provide(recipe, context, { note: () => undefined, cached: () => undefined });
    return [recipe.component, (await registry.push(archive, recipe.registryImage ?? '')).digest] as const;
  })));
  const run = await call('run', 'SD-2', '--provider', 'k3s', '--k3s-image', standInImage, '--images', 'registry', '--registry-prefix', registry.url, '--set', 'collector.scrapeIntervalSeconds=1', '--output', output.path);
  expect(run.exitCode, run.stdout + run.stderr).toBe(0);
  const report = await reportIn(output.path);
  expect(report.environment).toMatchObject({ provider: 'k3s', imageSource: 'registry' });
  const images = new Map(report.images.map((image) => [image.component, image]));
  for (const [component, digest] of digests) expect(images.get(component)).toMatchObject({ source: 'registry', digest, reference: expect.stringMatching(new RegExp(`^${registry.host}/.*@${digest}$`)) });
  expect(images.get('target')).toMatchObject({ source: 'build' });
  // One who only asked for digests has asked for no layer.
  expect((await registry.requests()).filter((one) => /^GET .*\/blobs\//.test(one)).length).toBeGreaterThan(digests.size);
});

function create(id: string): ChildProcess {
  return spawn(process.execPath, [fileURLToPath(new URL('./create-and-hold.ts', import.meta.url)), id, standInImage], { stdio: ['ignore', 'pipe', 'inherit'] });
}
