import { afterAll, beforeAll, expect, test } from 'vitest';
import { embeddedProvider } from '../../../src/clusters/embedded/index.ts';
import { coredns } from '../../../src/clusters/embedded/builds.ts';
import { runSteps } from '../../../src/run/steps.ts';
import { clusterOf } from '../../../src/clusters/provider.ts';
import type { StartedCluster } from '../../../src/clusters/provider.ts';
import { apply, kubeClient } from '../../../src/clusters/kubernetes.ts';
import { collectorImage } from '../../../src/components/collector/image.ts';
import { ordersImage } from '../../../src/components/apps/images.ts';
import { shopApp } from '../../../src/components/apps/manifests.ts';
import { targetImage } from '../../../src/components/target/image.ts';
import { buildSource } from '../../../src/images/build-source.ts';
import { deploy } from '../../../src/platform/deploy.ts';
import { imageKey } from '../../../src/platform/images.ts';
import { namespaceObject } from '../../../src/platform/parts.ts';
import { rolledOut } from '../../../src/platform/rollout.ts';
import { platformSpec } from '../../../src/platform/spec.ts';
import { newRun, newRunId, ownStateFolder } from '../clusters/support.ts';

const provider = embeddedProvider();
const runId = newRunId();
let state: AsyncDisposable;
let cluster: StartedCluster;
let references: ReadonlyMap<string, string>;
let ordersReference: string;

const spec = platformSpec.parse({ nodes: 1, collector: { version: '0.131.0', scrapeIntervalSeconds: 2 }, targets: { pods: 1 } });

beforeAll(async () => {
  state = await ownStateFolder();
  const context = await newRun(runId);
  const step = { note: () => undefined, cached: () => undefined };
  const [target, dns, orders] = await Promise.all([targetImage(), coredns, ordersImage()].map((recipe) => buildSource().provide(recipe, context, step)));
  cluster = await provider.create(clusterOf(1), context);
  if (!target || !dns || !orders) throw new Error('three images were asked for');
  await cluster.loadImages([target, dns, orders]);
  ordersReference = orders.reference;
  // A program that is no collector: it does not know the flag that it is started with, and ends.
  references = new Map([[imageKey(targetImage()), target.reference], [imageKey(collectorImage('0.131.0')), dns.reference]]);
});

afterAll(async () => {
  await provider.remove(runId);
  await state[Symbol.asyncDispose]();
});

test('a component that keeps exiting ends the deployment with its own last lines, long before the wait would', async () => {
  const client = await kubeClient(cluster.kubeconfigPath);
  const deployment = deploy({ runId, clients: new Map([['only', client]]), nodes: new Map([['only', cluster.nodes.map((node) => node.name)]]), spec, name: 'exits', images: references, files: new Map(), ownTargets: true, signal: new AbortController().signal, note: () => undefined, step: runSteps(() => undefined) });
  await expect(deployment).rejects.toMatchObject({ problem: {
    code: 'PL-COMPONENT-EXITED', kind: 'environment',
    expected: expect.stringMatching(/^collector to stay up \(pod pl-.*-exits\/collector-/),
    lastLines: expect.arrayContaining([expect.stringMatching(/flag provided but not defined: -config/)]),
  } });
});

test('an app that never gets ready is named with its pod\'s last lines, and its last line is shown while it is waited for', async () => {
  const client = await kubeClient(cluster.kubeconfigPath);
  const namespace = `pl-${runId}-never-ready`;
  await apply(client, [namespaceObject(runId, namespace), ...shopApp({ runId, namespace, image: ordersReference }, 'orders')]);
  const notes: string[] = [];
  const waiting = rolledOut({ client, namespace, kind: 'Deployment', name: 'orders', timeoutMs: 16_000 }, { signal: new AbortController().signal, note: (text) => notes.push(text) });
  await expect(waiting).rejects.toMatchObject({ problem: {
    code: 'PL-WAIT-TIMEOUT', expected: expect.stringContaining('orders Ready'), lastLines: expect.arrayContaining([expect.stringContaining('the database does not answer yet')]),
  } });
  expect(notes.join('\n')).toMatch(/0 of 1 orders pods Ready: orders-\S+ last said: .*the database does not answer yet/);
});
