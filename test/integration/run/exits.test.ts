import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { coredns } from '../../../src/clusters/embedded/builds.ts';
import { runSteps } from '../../../src/run/steps.ts';
import { clusterOf } from '../../../src/clusters/provider.ts';
import type { StartedCluster } from '../../../src/clusters/provider.ts';
import { kubeClient } from '../../../src/clusters/kubernetes.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { deploy } from '../../../src/platform/deploy.ts';
import { imageKey } from '../../../src/platform/images.ts';
import { platformSpec } from '../../../src/platform/spec.ts';
import { newRun, newRunId, ownStateFolder } from '../clusters/support.ts';

const provider = embeddedProvider();
const runId = newRunId();
let state: AsyncDisposable;
let cluster: StartedCluster;
let references: ReadonlyMap<string, string>;

const spec = platformSpec.parse({ nodes: 1, collector: { version: '0.131.0', scrapeIntervalSeconds: 2 }, targets: { pods: 1 } });

beforeAll(async () => {
  state = await ownStateFolder();
  const context = await newRun(runId);
  const step = { note: () => undefined, cached: () => undefined };
  const [target, dns] = await Promise.all([targetImage(), coredns].map((recipe) => buildSource().provide(recipe, context, step)));
  cluster = await provider.create(clusterOf(1), context);
  if (!target || !dns) throw new Error('two images were asked for');
  await cluster.loadImages([target, dns]);
  // A program that is no collector: it does not know the flag that it is started with, and ends.
  references = new Map([[imageKey(targetImage()), target.reference], [imageKey(collectorImage('0.131.0')), dns.reference]]);
});

afterAll(async () => {
  await provider.remove(runId);
  await state[Symbol.asyncDispose]();
});

test('a component that keeps exiting ends the deployment with its own last lines, long before the wait would', async () => {
  const client = await kubeClient(cluster.kubeconfigPath);
  const deployment = deploy({ runId, clients: new Map([['only', client]]), spec, name: 'exits', images: references, files: new Map(), ownTargets: true, signal: new AbortController().signal, note: () => undefined, step: runSteps(() => undefined) });
  await expect(deployment).rejects.toMatchObject({ problem: {
    code: 'PL-COMPONENT-EXITED', kind: 'environment',
    expected: expect.stringMatching(/^collector to stay up \(pod pl-.*-exits\/collector-/),
    lastLines: expect.arrayContaining([expect.stringMatching(/flag provided but not defined: -config/)]),
  } });
});
